#!/usr/bin/env python3
"""The report: structure of the file, and the page in a real browser (Debian's chromium and chromium-driver), skipped without one.

usage: report_test.py PROGRAM SOURCE_ROOT
"""

import base64
import csv
import hashlib
import io
import json
import re
import unittest
import zlib

import browser
from program import SCENARIOS, ProgramTest, listing

try:
    import h5netcdf  # noqa: F401
    import numpy
    import xarray
except ImportError as missing:
    xarray, reason = None, f"{missing.name} is not installed (package python3-{missing.name})"
else:
    reason = ""

# Numbers of the page keep 18 bits of fraction, their titles six digits: 1.9e-6 + 5e-6.
PAGE_DIGITS = 7e-6


def sha256(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class ReportTest(ProgramTest):
    def make_page(self, *options):
        """The page of Jilin's policy against its baseline, with its results beside it."""
        self.succeed("run", SCENARIOS / "jilin" / "high_end_services.yaml", "--baseline", "-q", "-o", self.folder / "jilin.h5", "--set", "years=[2010, 2013]",
                     "--set", "diagnostics={eigenvalues: 0}")
        self.succeed("report", self.folder / "jilin.h5", "-o", self.folder / "jilin.html", *options)
        return (self.folder / "jilin.html").read_text(encoding="utf-8")

    def rows(self, name, *variables):
        """Rows of the panel by (region, year)."""
        text = self.succeed("describe", self.folder / name, "--csv", "--variable", ",".join(variables))
        return {(row["region"], int(row["year"])): row for row in csv.DictReader(io.StringIO(text))}


class Structure(ReportTest):
    def test_the_policy_allows_what_is_in_the_page_and_nothing_else(self):
        page = self.make_page()
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
        script = page[page.rindex("<script>") + 8:page.rindex("</script>")]
        style = page[page.index("<style>") + 7:page.index("</style>")]
        self.assertEqual(policy, f"default-src 'none'; script-src 'sha256-{sha256(script)}'; style-src 'sha256-{sha256(style)}'; "
                                 "img-src data: blob:; base-uri 'none'; form-action 'none'")
        self.assertEqual(page.count("<script"), 5)
        self.assertEqual(page.count("</script"), 5)
        self.assertIsNone(re.search(r'<(link|img|iframe|object|base)\b[^>]*(src|href)=', page[:page.rindex("<script>")]))
        self.assertLess(len(page.encode()), 1_000_000)
        packed = re.search(r'<script id="boundaries"[^>]*>(.*?)</script>', page, re.DOTALL).group(1)
        boundaries = json.loads(zlib.decompress(base64.b64decode(packed)))
        self.assertEqual(len(boundaries["objects"]["units"]["geometries"]), 9)

    def test_same_files_same_bytes_and_standard_output(self):
        page = self.make_page()
        self.assertEqual(self.succeed("report", self.folder / "jilin.h5", "--baseline", self.folder / "jilin.baseline.h5", "-o", "-"), page)
        alone = self.succeed("report", self.folder / "jilin.h5", "--no-baseline", "-o", "-")
        self.assertIn('"has_baseline":false', alone)

    def test_files_that_do_not_fit_are_refused_and_nothing_is_written(self):
        self.make_page()
        self.succeed("run", SCENARIOS / "jilin" / "baseline.yaml", "-q", "-o", self.folder / "other.h5", "--set", "years=[2010, 2011]")
        before = listing(self.folder)
        page = self.folder / "x.html"
        self.fail_with(2, "differ in the dimension 'year'", "report", self.folder / "jilin.h5", "--baseline", self.folder / "other.h5", "-o", page)
        self.fail_with(4, "jilin.html", "report", self.folder / "jilin.html", "-o", page)
        self.assertEqual(listing(self.folder), before)


@unittest.skipIf(browser.missing(), f"not installed: {browser.missing()}")
class InABrowser(ReportTest):
    def setUp(self):
        super().setUp()
        self.make_page()
        self.window = browser.Browser()
        self.addCleanup(self.window.close)
        self.window.open((self.folder / "jilin.html").as_uri())
        self.window.wait_until("return document.documentElement.dataset.ready === 'true'")

    def choose(self, selector, value):
        self.window.run("const box = document.querySelector(arguments[0]); box.value = arguments[1];"
                        "for (const kind of ['input', 'change']) box.dispatchEvent(new Event(kind, {bubbles: true}));", selector, str(value))

    def view(self, name):
        self.window.run("document.querySelector(`input[name=view][value=${arguments[0]}]`).click()", name)

    def on_the_map(self):
        """Numbers of the regions as the map and the ranking hold them."""
        read = "return Object.fromEntries([...document.querySelectorAll(arguments[0])].map(n => [n.dataset.region, Number(n.dataset.value)]))"
        marks = self.window.run(read, ".mapsvg [data-region]")
        ranking = self.window.run(read, ".ranking [data-region]")
        for region, value in ranking.items():
            self.assertEqual(marks[region], value, region)
        return ranking

    def assert_shown(self, wanted):
        shown = self.on_the_map()
        self.assertEqual(set(shown), set(wanted))
        for region, value in wanted.items():
            self.assertAlmostEqual(shown[region], value, delta=PAGE_DIGITS * abs(value), msg=region)

    def nothing_went_wrong(self):
        self.assertEqual([entry["message"] for entry in self.window.log("browser")], [])
        outside = [url for url in self.window.requests() if not url.startswith((self.folder.as_uri(), "data:", "blob:"))]
        self.assertEqual(outside, [])

    def test_selectors_and_slider_show_the_numbers_of_the_files(self):
        run = self.rows("jilin.h5", "employment", "theta_nonagri", "real_income")
        baseline = self.rows("jilin.baseline.h5", "employment", "theta_nonagri", "real_income")
        regions = sorted({region for region, _ in run if region != "Rest of the world"})

        def column(panel, year, name):
            return {region: float(panel[region, year][name]) for region in regions}

        self.choose("#indicator", "employment")
        self.choose("#sector", 6)
        for position, year in ((3, 2013), (2, 2012)):
            self.choose("#year", position)
            now, before = column(run, year, "employment:inf"), column(baseline, year, "employment:inf")
            self.view("run")
            self.assert_shown(now)
            self.view("baseline")
            self.assert_shown(before)
            self.view("difference")
            self.assert_shown({region: now[region] - before[region] for region in regions})
            self.view("percent")
            self.assert_shown({region: 100 * (now[region] / before[region] - 1) for region in regions})
        self.choose("#indicator", "theta_nonagri")
        self.view("run")
        self.assert_shown(column(run, 2012, "theta_nonagri"))
        self.choose("#indicator", "real_income")
        self.choose("#factor", 3)
        self.view("run")
        self.assert_shown(column(run, 2012, "real_income:skilled"))
        self.nothing_went_wrong()

    def test_key_numbers_and_inequality_are_those_of_welfare(self):
        metrics = {m["metric"]: m["value"] for m in json.loads(self.succeed("welfare", self.folder / "jilin.h5", "--format", "json"))}
        shown = self.window.run("return Object.fromEntries([...document.querySelectorAll('.keynumber')].map(n => [n.id.slice(4), Number(n.querySelector('.value').dataset.value)]))")
        self.assertGreaterEqual(len(shown), 7)
        for name, value in shown.items():
            self.assertAlmostEqual(value, metrics[name], delta=1e-12 * abs(metrics[name]), msg=name)
        # The page counts Gini itself, from single numbers: four digits are shown.
        gini = float(self.succeed("describe", self.folder / "jilin.difference.h5", "--csv", "--variable", "gini_baseline").splitlines()[-1].split(",")[-1])
        note = self.window.run("return document.querySelector('#lorenz .note').textContent")
        self.assertAlmostEqual(float(re.search(r"baseline ([\d.]+)", note).group(1)), gini, delta=2e-3 * gini)
        self.nothing_went_wrong()

    def test_keyboard_language_tables_and_pictures(self):
        window = self.window
        window.run("document.querySelector('.mapsvg .unit[tabindex=\"0\"]').focus()")
        first = window.run("return document.activeElement.dataset.region")
        window.keys("\ue014")  # arrow to the right
        second = window.run("return document.activeElement.dataset.region")
        self.assertNotEqual(first, second)
        self.assertFalse(window.run("return document.querySelector('.tooltip').hidden"))
        pressed = "return document.activeElement.getAttribute('aria-pressed')"
        before = window.run(pressed)
        window.keys("\ue007")  # Enter
        self.assertNotEqual(window.run(pressed), before)
        # Of the arrows one can be reached by Tab, the largest; arrow keys go on to smaller ones.
        self.assertEqual(window.run("return document.querySelectorAll('#flows .move[tabindex=\"0\"]').length"), 1)
        window.run("document.querySelector('#flows .move[tabindex=\"0\"]').focus()")
        sizes = []
        for _ in range(3):
            sizes.append(abs(window.run("return Number(document.activeElement.dataset.value)")))
            window.keys("\ue015")  # arrow down
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        self.assertGreater(sizes[0], sizes[2])

        tables = window.run("const cards = [...document.querySelectorAll('section.card:not([hidden]) .tools button')].filter(b => b.textContent === 'Table');"
                            "cards.forEach(b => b.click()); return [...document.querySelectorAll('.details')].filter(d => !d.hidden).map(d => d.querySelectorAll('tbody tr').length)")
        self.assertGreaterEqual(len(tables), 8)
        self.assertTrue(all(rows > 0 for rows in tables), tables)
        names = window.run("window.saved = []; HTMLAnchorElement.prototype.click = function () { window.saved.push(this.download); };"
                           "for (const b of document.querySelectorAll('.card:not([hidden]) .tools button')) if (/SVG|CSV/.test(b.textContent)) b.click(); return window.saved")
        self.assertIn("pericore-map.svg", names)
        self.assertIn("pericore-lines.csv", names)
        window.run("document.querySelector('#lines .tools button:last-child').click()")
        window.wait_until("return window.saved.includes('pericore-lines.png')")

        window.run("document.querySelector('#language').click()")
        self.assertEqual(window.run("return document.documentElement.lang"), "zh-CN")
        self.assertIn("长春市", window.run("return document.querySelector('.ranking').textContent"))
        self.assertTrue(window.run("return document.documentElement.scrollWidth <= window.innerWidth"))
        self.nothing_went_wrong()

    def test_dark_theme_and_light_pictures(self):
        window = self.window
        colours = "const style = getComputedStyle(document.body); return [style.backgroundColor, style.color].map(c => c.match(/\\d+/g).slice(0, 3).reduce((sum, v) => sum + Number(v), 0))"
        ground, ink = window.run(colours)
        self.assertGreater(ground, ink + 500)
        window.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        ground, ink = window.run(colours)
        self.assertGreater(ink, ground + 500)
        # Saved pictures are light all the same.
        saved = window.run("window.made = null; const real = URL.createObjectURL; URL.createObjectURL = blob => { window.made = blob; return real.call(URL, blob); };"
                           "HTMLAnchorElement.prototype.click = () => {}; document.querySelector('#moves .tools button:nth-child(3)').click(); return window.made.text()")
        self.assertIn('fill="#ffffff"', saved)
        self.assertIn('fill="rgb(17, 24, 39)"', saved)
        self.assertNotIn("var(--", saved)
        self.nothing_went_wrong()

    def flows(self, name, variable, group, years):
        """Moves by (from, to), years added up; of all groups where the group is None."""
        found = {}
        for (region, year), row in self.rows(name, variable).items():
            for column, value in row.items():
                words = column.split(":")
                if words[0] != variable or year not in years or (group and words[1] != group):
                    continue
                found[region, words[-1]] = found.get((region, words[-1]), 0.0) + float(value)
        return found

    def test_arrows_are_the_largest_moves_of_the_files(self):
        table = ("const card = document.querySelector('#flows'); if (card.querySelector('.details').hidden) card.querySelector('.tools button').click();"
                 "return [...card.querySelectorAll('.details tbody tr')].map(row => [...row.children].map(cell => cell.dataset.value ?? cell.textContent))")
        arrows = "return [...document.querySelectorAll('#flows .move')].map(n => [n.dataset.from, n.dataset.to, Number(n.dataset.value)])"
        self.choose("#year", 2)
        for kind, variable, group, position, span, years in ((0, "firms_moved", None, -1, "until", (2010, 2011, 2012)), (0, "firms_moved", "manufacturing", 0, "year", (2012,)),
                                                             (0, "firms_moved", "producer_services", 1, "until", (2010, 2011, 2012)), (1, "people_moved", None, -1, "year", (2012,))):
            run, baseline = (self.flows(name, variable, group, years) for name in ("jilin.h5", "jilin.baseline.h5"))
            self.choose("#flow-kind", kind)
            if kind == 0:
                self.choose("#flow-group", position)
            self.choose("#flow-span", span)
            for view, net in (("difference", 0), ("run", 1), ("baseline", 0), ("difference", 1)):
                self.choose("#flow-view", view)
                self.choose("#flow-net", net)
                pairs = {pair: {"run": run[pair] - net * run[pair[::-1]], "baseline": baseline[pair] - net * baseline[pair[::-1]]} for pair in run if pair[0] != pair[1]}
                for one in pairs.values():
                    one["difference"] = one["run"] - one["baseline"]
                gross = max(max(run.values()), max(baseline.values()))
                shown = self.window.run(table)
                largest = sorted((abs(one[view]) for pair, one in pairs.items() if not net or one[view] > 0), reverse=True)[:20]
                with self.subTest(variable=variable, group=group, view=view, net=net):
                    self.assertEqual(len(shown), len(largest))
                    column = {"run": 2, "baseline": 3, "difference": 4}[view]
                    for row, size in zip(shown, largest):
                        self.assertAlmostEqual(abs(float(row[column])), size, delta=PAGE_DIGITS * gross)
                        for which, at in (("run", 2), ("baseline", 3), ("difference", 4)):
                            self.assertAlmostEqual(float(row[at]), pairs[row[0], row[1]][which], delta=PAGE_DIGITS * gross)
                    drawn = {(start, end): value for start, end, value in self.window.run(arrows)}
                    self.assertEqual(set(drawn), {(row[0], row[1]) for row in shown})
                    for row in shown:
                        self.assertAlmostEqual(drawn[row[0], row[1]], float(row[column]), delta=1e-5 * abs(float(row[column])))
        self.nothing_went_wrong()

    def test_every_number_says_what_it_is(self):
        """Heads of columns define their numbers on hover, charts have a tip, and a list has definition, unit and source of all."""
        window = self.window
        window.run("for (const button of document.querySelectorAll('.card .tools button')) if (button.textContent === 'Table') button.click()")
        silent = window.run("return [...document.querySelectorAll('.card:not([hidden])')].flatMap(card => [...card.querySelectorAll('.details thead th.number')]"
                            ".filter(head => !head.title).map(head => `${card.id}: ${head.textContent}`))")
        self.assertEqual(silent, [])
        without_tip = window.run("return [...document.querySelectorAll('.card:not([hidden]) > .chart')].filter(chart => chart.querySelector('svg') && !chart.querySelector('[aria-label=tip], title')).map(chart => chart.parentNode.id)")
        self.assertEqual(without_tip, [])
        listed = window.run("const part = [...document.querySelectorAll('details')].find(one => /Definition, unit and source/.test(one.querySelector('summary').textContent));"
                            "return [...part.querySelectorAll('tbody tr')].map(row => [...row.children].map(cell => cell.textContent))")
        self.assertTrue(all(all(row) for row in listed), listed)
        names = [row[0] for row in listed]
        for name in ("employment", "firms_moved", "people_moved", "instrument_relocation_grant", "equivalent_variation", "gini (in short)"):
            self.assertIn(name, names)
        units = {row[0]: row[1] for row in listed}
        contents = json.loads(self.succeed("describe", self.folder / "jilin.h5", "--format", "json"))
        for variable in contents["variables"]:
            if variable["name"] in units:
                self.assertEqual(units[variable["name"]], variable["unit"])
        self.nothing_went_wrong()

    def test_a_tip_tells_the_number_under_the_pointer(self):
        window = self.window
        panel = self.rows("jilin.h5", "employment")
        left, top, width, height = window.run("const panel = document.querySelector('#sectors svg svg'); panel.scrollIntoView({block: 'center'});"
                                              "const box = panel.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]")
        for share in (0.9, 0.95):  # near the last year
            window.command("Input.dispatchMouseEvent", type="mouseMoved", x=left + share * width, y=top + height / 2)
        window.wait_until("return document.querySelector('#sectors [aria-label=tip] text') !== null")
        text = window.run("return document.querySelector('#sectors [aria-label=tip] text').textContent").replace("\u200b", "|")
        region = window.run("return document.querySelector('#sectors h3').textContent").removeprefix("Employment by sector in ")
        name, value, baseline = text.strip("|").split("|")
        self.assertEqual(name, "Agriculture 2013")
        self.assertIn("persons", value)
        shown = float(value.split()[0].replace("M", "e6").replace("K", "e3").replace(",", ""))
        self.assertAlmostEqual(shown, float(panel[region, 2013]["employment:agr"]), delta=6e-4 * shown)  # four digits
        self.assertTrue(baseline.startswith("baseline "))
        self.nothing_went_wrong()

    def test_without_flows_the_net_view_says_how_to_get_them(self):
        self.succeed("run", SCENARIOS / "jilin" / "high_end_services.yaml", "-q", "-o", self.folder / "plain.h5", "--set", "years=[2010, 2012]", "--set", "diagnostics={eigenvalues: 0}",
                     "--set", "output.flows=none")
        self.succeed("report", self.folder / "plain.h5")
        self.window.open((self.folder / "plain.html").as_uri())
        self.window.wait_until("return document.documentElement.dataset.ready === 'true'")
        self.assertTrue(self.window.run("return document.querySelector('#flows').hidden"))
        self.assertIn("flows: sector_groups", self.window.run("return document.querySelector('#moves .note').textContent"))
        self.nothing_went_wrong()

    def test_paper_gets_the_definitions(self):
        opened = "return [...document.querySelectorAll('details.printed')].map(part => part.open)"
        self.assertEqual(self.window.run(opened), [False])
        self.window.run("window.onbeforeprint()")
        self.assertEqual(self.window.run(opened), [True])
        self.window.run("window.onafterprint()")
        self.assertEqual(self.window.run(opened), [False])
        self.window.pdf(self.folder / "page.pdf")
        self.assertTrue((self.folder / "page.pdf").read_bytes().startswith(b"%PDF"))
        self.nothing_went_wrong()

    def test_small_multiples_of_regions_follow_the_indicator(self):
        self.choose("#indicator", "theta_nonagri")
        self.view("run")
        rows = self.window.run("document.querySelector('#regions .tools button').click(); return [...document.querySelectorAll('#regions .details tbody tr')]"
                               ".map(row => [...row.children].map(cell => cell.dataset.value ?? cell.textContent))")
        panel = self.rows("jilin.h5", "theta_nonagri")
        shown = {(region, int(year)): float(value) for region, year, value, _ in rows}
        self.assertEqual(set(shown), {key for key in panel if key[0] != "Rest of the world"})
        for key, value in shown.items():
            self.assertAlmostEqual(value, float(panel[key]["theta_nonagri"]), delta=PAGE_DIGITS * value)
        self.nothing_went_wrong()


@unittest.skipIf(browser.missing() or xarray is None, f"not installed: {browser.missing()} {reason}")
class TheNation(ReportTest):
    def test_a_page_of_china_with_flows(self):
        """Below 3 MB; between provinces the page has the sums of the file, whose flows are the moves it had before."""
        self.succeed("run", SCENARIOS / "china" / "key_services.yaml", "--baseline", "-q", "-o", "china.h5", "--set", "output.flows=sector_groups", "--set", "diagnostics={eigenvalues: 0}")
        self.succeed("report", "china.h5")
        self.assertLess((self.folder / "china.html").stat().st_size, 3_000_000)
        with xarray.open_dataset(self.folder / "china.h5", engine="h5netcdf") as run, xarray.open_dataset(self.folder / "china.baseline.h5", engine="h5netcdf") as baseline:
            groups = run["sector_group_of"].load().rename("sector_group")
            for file in (run, baseline):
                # Each flow is kept to 2^-21.
                for here, there, door in (("region", "region_to", "firms_moved_out"), ("region_to", "region", "firms_moved_in")):
                    sums = file["firms_moved"].sum(there).transpose("year", here, "sector_group")
                    doors = file[door].groupby(groups).sum("sector").sel(sector_group=sums["sector_group"]).transpose("year", "region", "sector_group")
                    self.assertLess(numpy.abs(sums.values - doors.values).max(), 2e-6 * float(doors.max()))
                people = file["people_moved"]
                net = people.sum("region").values - people.sum("region_to").values
                wanted = file["net_migration"].sum("factor").values
                self.assertLess(numpy.abs(net - wanted).max(), 2e-6 * float(people.sum("region").max()))
            provinces = run["province"].load().values
            moves = {name: file["firms_moved"].sel(sector_group="producer_services", year=slice(2010, 2020)).sum("year").values for name, file in (("run", run), ("baseline", baseline))}
        names = sorted(set(provinces) - {""})
        member = numpy.array([[province == name for province in provinces] for name in names], dtype=float)
        between = {name: member @ matrix @ member.T for name, matrix in moves.items()}
        window = browser.Browser()
        self.addCleanup(window.close)
        window.open((self.folder / "china.html").as_uri())
        window.wait_until("return document.documentElement.dataset.ready === 'true'")
        choose = "const box = document.querySelector(arguments[0]); box.value = arguments[1]; box.dispatchEvent(new Event('change', {bubbles: true}));"
        window.run(choose, "#flow-group", "1")
        for view in ("difference", "run"):
            window.run(choose, "#flow-view", view)
            shown = window.run("return [...document.querySelectorAll('#flows .move')].map(n => [n.dataset.from, n.dataset.to, Number(n.dataset.value)])")
            wanted = between["run"] if view == "run" else between["run"] - between["baseline"]
            largest = numpy.sort(numpy.abs(wanted - numpy.diag(numpy.diag(wanted))).ravel())[::-1][:20]
            self.assertEqual(len(shown), 20)
            tolerance = PAGE_DIGITS * between["run"].max()
            for (start, end, value), size in zip(shown[::-1], largest):  # the largest is drawn last
                self.assertAlmostEqual(abs(value), size, delta=tolerance)
                self.assertAlmostEqual(value, wanted[names.index(start), names.index(end)], delta=tolerance)
        self.assertEqual([entry["message"] for entry in window.log("browser")], [])


if __name__ == "__main__":
    unittest.main()
