"""The HTML brief in a browser: at the width of a desk and of a phone, by keyboard, and printed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import detente

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.browser


FIGURES = {
    "brief": ("2,284", "2,504", "104 over", "254 over"),
    "letter": ("2,284", "2,507", "107 over", "507 over", "12,480", "c26"),
}


@pytest.fixture(scope="module", params=list(FIGURES))
def kind(request: pytest.FixtureRequest) -> str:
    """The brief in its first form, and the full paper on the letter."""
    return str(request.param)


@pytest.fixture(scope="module")
def page(kind: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The founding case's paper as a file address."""
    from detente.report.html import to_html_page
    from detente.report.papers import paper_of

    case = detente.load(ROOT / "cases" / "vladivostok-1977")
    letter = "brezhnev-1977-02-25"
    result = detente.brief(case) if kind == "brief" else detente.staff_paper(case, letter=letter)
    path = tmp_path_factory.mktemp("page") / f"{kind}.html"
    path.write_text(to_html_page(paper_of(result)), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium; the tests are skipped where there is none."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("profile")
    for flag in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(flag)
    found = webdriver.Chrome(options=options, service=Service(driver))
    yield found
    found.quit()


def sized(browser: Any, page: str, width: int) -> None:
    """The page at a width, exactly."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(page)


@pytest.mark.parametrize("width", [1200, 390])
def test_nothing_runs_off_the_page(browser: Any, page: str, kind: str, width: int) -> None:
    """The page itself never scrolls sideways; wide tables scroll within themselves."""
    sized(browser, page, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    text = browser.execute_script("return document.body.textContent")
    for figure in FIGURES[kind]:
        assert figure in text


def test_charts_are_whole(browser: Any, page: str) -> None:
    """No label of a chart is cut off at its frame."""
    sized(browser, page, 1200)
    outside = browser.execute_script(
        """
        const cut = [];
        for (const svg of document.querySelectorAll('figure svg')) {
          const box = svg.getBoundingClientRect();
          for (const t of svg.querySelectorAll('text')) {
            const r = t.getBoundingClientRect();
            if (r.left < box.left - 1 || r.right > box.right + 1 || r.bottom > box.bottom + 1)
              cut.push(t.textContent);
          }
        }
        return [document.querySelectorAll('figure svg').length, cut];
        """
    )
    assert outside[0] >= 2
    assert outside[1] == []


def test_every_link_leads_somewhere(browser: Any, page: str) -> None:
    """Figures link to their trace, the contents to their sections; every id stands once."""
    sized(browser, page, 1200)
    links, missing, twice = browser.execute_script(
        """
        const links = [...document.querySelectorAll('a[href^="#"]')];
        const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
        return [links.length,
                links.map(a => a.getAttribute('href').slice(1)).filter(h => !ids.includes(h)),
                ids.filter((x, i) => ids.indexOf(x) !== i)];
        """
    )
    assert links > 40
    assert missing == []
    assert twice == []


def test_a_trace_opens_by_keyboard(browser: Any, page: str) -> None:
    """Tab reaches a figure, Enter goes to its trace, and the fold around it opens."""
    from selenium.webdriver.common.keys import Keys

    sized(browser, page, 1200)
    figure = browser.find_element("css selector", 'a[href^="#trace-"]')
    target = figure.get_attribute("href").split("#")[1]
    browser.execute_script("arguments[0].focus()", figure)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    browser.implicitly_wait(1)
    shown = browser.execute_script(
        "const e = document.getElementById(arguments[0]); const r = e.getBoundingClientRect();"
        "return [r.height > 0, r.top < window.innerHeight]",
        target,
    )
    assert shown == [True, True]


def test_it_prints(browser: Any, page: str) -> None:
    """Printed, the folds are open, so that a paper copy has the traces too."""
    sized(browser, page, 1200)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    assert len(printed["data"]) > 20_000
