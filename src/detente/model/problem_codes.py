"""The catalogue of problem codes: stable, each with a title and what to do about it.

Each code has a sample folder in the tests; the reference page is generated from both.
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
    # files
    "E101": ("No such folder", "Name a case folder that exists; `detente new` makes one."),
    "E102": (
        "Not a folder",
        "A case is a folder of text files; name the folder, not a file in it.",
    ),
    "E103": ("File cannot be read", "Check the file's permissions and that it is a plain file."),
    "E104": ("Not UTF-8", "Save the file as UTF-8."),
    "E105": ("Not valid YAML", "Mend the file at the place shown."),
    "E106": ("File too large", "Split the file; a case file is text that people read."),
    "E107": ("Nested or aliased beyond bounds", "Write the values out plainly."),
    "E108": ("Unresolved merge conflict", "Resolve the conflict and remove the markers."),
    "E109": ("Key stands twice", "Keep one of the two."),
    "E110": ("Empty key", "Remove the stray comma or colon, or give the key a name."),
    "E111": ("Tag not allowed", "Remove the tag; nothing in a case executes."),
    "E112": ("Not a mapping", "The file must hold keys and values."),
    "E113": ("Empty case", "A case needs a case.yaml with at least case, title and parties."),
    "W114": (
        "File not read",
        "Move it into a folder that cases have, or give it the ending .yaml.",
    ),
    # shapes
    "E201": ("Unknown key", "Use one of the keys that this place knows."),
    "E202": ("Missing key", "Add the key."),
    "E203": ("Wrong type of value", "Write the value in the form that is expected."),
    "E204": ("Unknown word", "Use one of the words that this key knows."),
    "E210": ("Impossible date", "Write a date as 1977-02-25, 1977-02 or 1977."),
    "E211": ("Negative number", "A number of arms, a weight or a bound cannot be negative here."),
    "E212": ("Fraction of a weapon", "Arms come whole; give a range if the number is uncertain."),
    "E213": ("Range upside down", "Write low <= best <= high."),
    "E214": ("Dates out of order", "Put the earlier date first."),
    "E215": ("Kind of provision unknown", "Begin the provision with its kind: ceiling, category …"),
    # names that point nowhere
    "E301": ("Unknown party or group", "Declare it in case.yaml, or mend the name."),
    "E302": ("Unknown system", "Declare it under systems, or mend the name."),
    "E303": ("Defined twice", "Keep one definition; libraries count too."),
    "E304": ("Unknown source", "Declare it under sources, or mend the key."),
    "E305": ("Unknown basis", "Declare it under bases, or mend the name."),
    "E306": ("Unknown attribute", "Declare it under attributes, or mend the name."),
    "E307": ("Unknown zone", "Declare it in case.yaml, or mend the name."),
    "E308": ("Unknown text", "Mend the name; `detente texts` lists them."),
    "E309": ("Unknown provision", "Mend the id; `detente show` lists a text's provisions."),
    "E310": (
        "Unknown category or count",
        "Define the category or counting rule, or mend the name.",
    ),
    "E311": ("Unknown library", "Mend the name of the library under `uses`."),
    "E312": ("Definitions in a circle", "Break the circle at one of the places shown."),
    "E313": ("Unknown issue or option", "Mend the name, or define the option."),
    "E314": ("Unknown view or reading", "Mend the name, or define the view in case.yaml."),
    "E315": ("Unknown inventory or total", "Mend the id."),
    "E316": ("Unknown statement", "Mend the id of the statement."),
    "E317": ("Unknown document", "Declare it under documents in the record, or mend the key."),
    "E318": (
        "Unknown analysis or option",
        "Name an analysis and its options as the commands have them.",
    ),
    "E319": ("Unknown lens or measure", "Mend the name, or define it under lenses."),
    "E320": ("Letter without statements", "Add the letter's statements to the record."),
    "E321": ("Unknown candidate or programme", "Mend the id, or define it under candidates."),
    # predicates
    "E401": (
        "Predicate cannot be read",
        "Mend it at the place shown; see how to write predicates.",
    ),
    "E402": ("Unknown name in a predicate", "Use a declared attribute or a category of the text."),
    "E403": ("Unknown unit", "Use km, m, nm, mi, kg, t, lb, kt or Mt."),
    "E404": ("Unit does not fit", "Write the number with a unit of the attribute's dimension."),
    "E405": ("Unknown value of an attribute", "Use one of the attribute's values."),
    "E406": ("Things that cannot be compared", "Compare numbers with numbers, words with words."),
    "E407": ("Predicate too long", "Split it into named categories."),
    "E408": (
        "Test of a claim cannot be read",
        "Mend the figure or the condition at the place shown.",
    ),
    # sense
    "E501": ("A limit on nothing", "Add a counting rule or category that the limit can count."),
    "W502": ("Printed total does not add up", "Both figures are kept; nothing is repaired."),
    "W503": (
        "Nothing left to close a total",
        "The declared figure counts; the surplus is reported.",
    ),
    "W504": ("Exceptions or amendments clash", "Say which of the two goes before."),
    "W505": ("Counted by no limit", "Mend the name of the count."),
    "E511": ("Options that exclude each other", "Choose one of them, or mend `stands_with`."),
    # requests
    "E601": ("No data to count", "Name another date or basis, or add an inventory."),
    "E602": ("Text counts on no basis", "Add `counts:` to the text, or give --basis."),
    "E603": ("Cannot be written", "Name another place for the output."),
    "E604": ("Request cannot be understood", "See --help of the command."),
    "E611": (
        "Linkages exclude every package",
        "Take away one of the relations shown, or give an issue another option.",
    ),
    "E612": ("Tied too densely", "Let fewer assertions bind."),
    # documents and the library
    "E701": ("Library cannot be read", "Move the file away and read the documents again."),
    "E702": ("Library cannot be written", "Name another file with --library."),
    "E703": ("Not well-formed XML", "Fetch the file again; it may be cut off."),
    "E704": ("XML refused", "Take out the declarations; published volumes have none."),
    "E705": ("Document without a name", "Say with --as which document it is."),
    "E706": (
        "No document in the file",
        "Give a volume in TEI, or a document's text with its heading.",
    ),
    "W707": ("Note without a place", "The note is kept; mend the text if its number was lost."),
    "W708": ("Cited paragraph does not exist", "Mend the statement's reference."),
}


def title(code: str) -> str:
    """The title of a code."""
    return CODES[code][0]
