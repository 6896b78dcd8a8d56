#!/usr/bin/env python3
"""JSON Schemas of all files that users write: they and the program know the same keys, and agree on what is wrong.

usage: schema_test.py PROGRAM SOURCE_ROOT
"""

import copy
import json
import re
import unittest

from program import JILIN, SCENARIOS, SOURCE, ProgramTest, run

try:
    import jsonschema
    import yaml
except ImportError:
    jsonschema = yaml = None

KINDS = ("scenario", "sweep", "targets", "calibration", "study", "estimation", "indices", "productivity")


def loader():
    """YAML 1.2 as editors and pericore read it: `on` is a text, 1e-6 a number."""

    class Core(yaml.SafeLoader):
        pass

    Core.yaml_implicit_resolvers = {}
    for tag, pattern, first in (
        ("bool", r"true|false", "tf"),
        ("int", r"[-+]?[0-9]+", "-+0123456789"),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
        ("null", r"~|null|", ["~", "n", ""]),
    ):
        Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))
    Core.add_constructor("tag:yaml.org,2002:int", lambda l, n: int(n.value))
    Core.add_constructor("tag:yaml.org,2002:float", lambda l, n: float(n.value))
    return Core


def files_of(kind):
    """Shipped files by kind, told by their folder: the program has rules of its own."""
    folders = {
        "sweep": ["scenarios/sweeps/*.yaml", "scenarios/*/estimator_bias/sweep.yaml"],
        "targets": ["scenarios/china/empirical/*.yaml"],
        "calibration": ["scenarios/calibrations/*.yaml"],
        "study": ["scenarios/*/estimator_bias/study.yaml"],
        "estimation": ["scenarios/*/estimation/*.yaml", "scenarios/*/estimator_bias/estimation/*.yaml"],
        "scenario": ["configs/**/*.yaml", "scenarios/china/*.yaml", "scenarios/jilin/*.yaml", "scenarios/textbook/*.yaml", "scenarios/*/estimator_bias/scenario.yaml"],
        "indices": [],
        "productivity": [],
    }
    found = sorted(file for pattern in folders[kind] for file in SOURCE.glob(pattern))
    # Other kinds stand among them.
    other = {"estimation": ("indices:", "inputs:"), "sweep": ("extends:",)}.get(kind, ())
    return [file for file in found if not any(f"\n{key}" in file.read_text(encoding="utf-8") for key in other)]


# Every key of every kind stands in one of these; all but `indices` are faultless as they are.
SCENARIO = f"{JILIN}policies: [{{lever: production_subsidy, sectors: [high_end], size: 0.1}}]\n"
PARAMETER = "parameters: [{key: migration.crowding, range: [0.25, 1]}]"
OUTPUT = "output: {metrics: [{name: jobs, variable: employment, statistic: sum}]}"
SWEEPS = [f"scenario: scenario.yaml\n{PARAMETER}\n{OUTPUT}\ndesign: {design}\n" for design in (
    "{type: latin_hypercube, points: 4, seed: 3, centred: true}", "{type: monte_carlo, points: 4}", "{type: sobol, points: 4, seed: 1, skip: 2, scrambling: none}",
    "{type: radial_morris, trajectories: 3}", "{type: morris, trajectories: 3, levels: 6, groups: [[crowding]]}", "{type: one_at_a_time, levels: 3}", "one_at_a_time",
    "{type: saltelli, base_points: 4, second_order: false, groups: [[crowding]], seed: 2, skip: 1, scrambling: owen}", "{type: list, path: rows.csv}")]
SWEEPS.append("""\
title: All keys
scenario: scenario.yaml
parameters:
  - {key: migration.crowding, name: a, range: [0.25, 1], scale: log, levels: 3}
  - {keys: [sectors.fin.elasticity, sectors.res.elasticity], name: b, values: [0.9, 1.1], relative: true}
  - {name: c, key: policies, values: {none: [], grants: [{lever: production_subsidy, size: 0.1}]}}
design: grid
seeds: [1, 2]
limits: {seconds: 100}
runs_per_part: 8
output:
  variables: [employment]
  metrics:
    - {name: m1, variable: employment, sectors: [high_end], regions: {tier: [core, periphery], except: [Siping]}, years: last, statistic: sum, of: effect}
    - {name: m2, variable: real_income, factors: [skilled, unskilled], statistic: theil, weight: group_population, across: region, years: [2010, 2011]}
    - {name: m3, variable: employment, statistic: sd, groups: tier, relative_to: {province: [Jilin], except: [Siping]}, regions: all}
    - {name: m4, welfare: equivalent_variation}
  estimates: {files: [equations.yaml], on: baseline}
slurm: {time: "60", memory: 2G, account: geo, partition: short, qos: low, cpus: 2, throttle: 5, tasks: 3, signal_before: 60, options: [--mail-type=END]}
""")
SWEEPS.append(f"""\
scenario: scenario.yaml
parameters:
  - {{key: migration.crowding, distribution: {{normal: {{mean: 0.5, sd: 0.1, low: 0.1, high: 1}}}}}}
  - {{key: migration.groups.skilled.reconsider, name: d, relative: true, distribution: {{lognormal: {{log_mean: 0, log_sd: 0.1}}}}}}
  - {{key: sectors.fin.elasticity, distribution: {{triangular: {{low: 4, mode: 5, high: 6}}}}}}
design: {{type: latin_hypercube, points: 3}}
seeds: 2
slurm: {{runs_per_task: 10}}
{OUTPUT}
""")
SECTORS = "sectors: {all: {simulated: [manufacturing, services], observed: [jobs]}, rest: {simulated: [agr], observed: [farms]}}"
HINDCAST = f"""\
hindcast:
  before: {{path: census.csv, year: 2010}}
  after: {{path: census.csv, year: 2011}}
  id: id
  fold: province
  sampled: 0.1
  units: {{path: census.csv, groups: [group]}}
  {SECTORS}
"""
TARGETS = f"""\
title: All keys
source: nobody
runs: {{other: scenario.yaml}}
targets:
  - {{name: t1, group: g, variable: employment, sectors: [high_end], factors: [skilled], regions: {{tier: [core], except: [Siping]}}, years: 2011, statistic: sum, of: level,
     expect: level, value: 1, unit: persons, standard_error: 0.1, tolerance: 0.1, source: s, run: other}}
  - {{name: t2, variable: real_income, weight: population, across: region, groups: tier, relative_to: {{province: [Jilin], except: [Siping]}}, statistic: sd, expect: positive}}
  - {{name: t3, not_checkable: no number}}
  - {{name: t4, welfare: equivalent_variation, expect: positive}}
  - {{name: t5, variable: employment, statistic: sum, ranking: [Changchun, Siping], by: region, among_all: true, overlap: 0.5}}
  - {{name: t6, variable: employment, statistic: sum, ranking: {{tier: [core], except: [Siping]}}, top: 2}}
  - {{name: t7, expect: insignificant, coefficient: {{spec: equations.yaml, model: m, term: x, group: a, less: {{spec: equations.yaml, model: n, term: y, group: b}}}}}}
  - {{name: t8, coefficient: {{data: panel.csv, spec: line.yaml, model: m, term: x}}}}
{HINDCAST}census: {{path: census.csv, year: 2010, id: id, sampled: 1, theta: {{manufacturing: [all], producer_services: [rest], left_out: [rest]}}, {SECTORS}}}
"""
CALIBRATIONS = [f"""\
title: All keys
scenario: scenario.yaml
parameters:
  - {{key: migration.crowding, name: a, range: [0.25, 1], scale: log, start: 0.5, prior: {{lognormal: {{log_mean: -0.7, log_sd: 0.3}}}}}}
  - {{keys: [sectors.fin.elasticity, sectors.res.elasticity], name: b, relative: true, range: [0.8, 1.2], prior: {{normal: {{mean: 1, sd: 0.1}}}}}}
  - {{key: migration.groups.skilled.reconsider, range: [0.1, 0.5], prior: none}}
seeds: [1, 2]
runs: {{other: scenario.yaml}}
targets:
{TARGETS.partition("targets:")[2].partition("census:")[0].replace("run: other", "run: other")}  - {{name: fitted, group: g, variable: employment, sectors: [fin], statistic: sum, value: 1, tolerance: 0.1}}
""".replace(HINDCAST, "") + HINDCAST + """\
fit: [fitted]
hold_out: [t2]
fit_hindcast: {sectors: [all], total: true, weight: 2, units: by_size}
weighting: optimal
sampling_error: seeds
derivative_step: 0.02
profiles: {points: 3, evaluations: 5}
optimiser:
  global: {method: sobol, points: 8, seed: 2}
  local: {method: sbplx, evaluations: 20, tolerance: 1e-3, first_step: 0.2, starts: 2}
folds: {number: 2, seed: 1}
bootstrap: {draws: 20, seed: 2, by: province}
limits: {seconds: 60}
"""]
STUDY = """\
title: All keys
sweep: sweep.yaml
level: 0.9
effects:
  - {name: one, models: [m], term: x, truth: 0.02}
  - {name: two, models: m, term: x, truth: {parameter: a}}
  - {name: three, models: [m], term: x, truth: {ratio: [m1, [m2, m3]]}}
"""
WEIGHTS = ("{type: knn, k: 2}", "{type: contiguity, path: links.csv, standardise: none}", "{type: inverse_distance, cutoff: 500 km, power: 2}", "{type: distance_band, cutoff: 3000}")
ESTIMATION = """\
data: panel.csv
panel: {entity: id, time: t, coordinates: [lat, lon]}
sample: t > 1
by: group
models:
  - {name: fe, method: fixed_effects, formula: "y ~ x | id", vcov: cluster(id), small: true, dof: xtreg, dofminus: 1, sdofminus: 1, singletons: keep, partial: [z]}
  - {name: iv, method: iv_gmm, formula: "y ~ 1 | x ~ z + l(z, 1)", steps: two, test_endogeneity: x, test_orthogonality: [z]}
  - {name: liml, method: liml, formula: "y ~ 1 | x ~ z", fuller: 1}
  - {name: k, method: liml, formula: "y ~ 1 | x ~ z", kappa: 0.5}
  - {name: gmm, method: system_gmm, formula: "y ~ l(y, 1) + x", steps: two, weighting: 2, constant: true, transform: orthogonal,
     gmm: {y: {lags: [2, max], collapse: true, equation: diff}, x: }, iv: [z, {terms: [l(z)], equation: level}]}
  - {name: gmm2, method: difference_gmm, formula: "y ~ l(y, 1) + x", constant: transformed, gmm: {y: {lags: [2, 3]}}, iv: {terms: z, equation: both}}
""" + "".join(f"  - {{name: s{n}, method: spatial_durbin, formula: \"y ~ x + z | id\", lags_of: [x], bias_correction: lee_yu, weights: {weights}}}\n" for n, weights in enumerate(WEIGHTS))
INDICES = ["""\
panel: {entity: id, time: t, coordinates: [lat, lon]}
sectors: {a: x, b: y}
total: total
herfindahl: {a: 0.1, b: 0.2}
classes: {both: [a, b]}
pairs: [[a, b]]
variables: [x, "log(y)"]
population: total
groups: group
pooled: false
top: 3
periods: [1, 2]
permutations: 99
seed: 2
weights: {type: file, path: links.csv}
coupling: {weights: equal, subsystems: {one: [x, {column: y, better: lower}], two: {indicators: [z, {column: x, better: higher}], coefficient: 2}}}
indices: [lq, moran, coupling, eg]
""", """\
panel: {entity: id, time: t}
long: {sector: group, value: x}
plants: {path: plants.csv, entity: id, sector: kind, value: size, time: t}
points: {path: plants.csv, latitude: lat, longitude: lon, sector: kind, value: size, time: t}
k_density: {reach: 300 km, step: 10 km, bandwidth: 5, draws: 50, level: 0.9}
indices: [lq, eg, k_density]
""", "panel: {entity: id, time: t}\nsectors: [x, y]\nindices: lq\nperiods: 1\n"]
INDICES += [f"panel: {{entity: id, time: t, coordinates: [lat, lon]}}\nvariables: [x]\nindices: [moran]\nweights: {weights}\n" for weights in WEIGHTS]
PRODUCTIVITY = ["""\
data: panel.csv
panel: {entity: id, time: t, coordinates: [lat, lon]}
capital: {investment: x, deflator: total, depreciation: 0.1, initial: {growth: 0.05}}
inputs: [capital, z]
outputs: y
model: radial
orientation: input
returns: [crs, vrs]
reference: global
base_year: 1
super_efficiency: true
slacks: true
bootstrap: {replications: 20, level: 0.9, seed: 2, bandwidth: 0.05}
""", "data: panel.csv\npanel: {entity: id, time: t}\ncapital: {investment: x, initial: {ratio: 0.1}}\n",
   "data: panel.csv\npanel: {entity: id, time: t}\ncapital: {investment: x, initial: {column: z}}\n",
   "data: panel.csv\npanel: {entity: id, time: t}\ncapital: {investment: x, initial: growth}\n"]
FULL = {"sweep": SWEEPS, "targets": [TARGETS], "calibration": CALIBRATIONS, "study": [STUDY], "estimation": [ESTIMATION], "indices": INDICES, "productivity": PRODUCTIVITY}


def panel():
    """Six places, six periods, two groups; nothing in it is meant."""
    rows = ["id,t,group,lat,lon,x,y,z,total"]
    for i in range(6):
        for t in range(1, 7):
            x, y, z = (1 + ((i * a + t * b) * 37 % 19) / 10 for a, b in ((3, 5), (5, 7), (7, 3)))
            rows.append(f"p{i},{t},{'ab'[i % 2]},{40 + i},{120 + i * i / 3},{x},{y},{z},{x + y + z}")
    return "\n".join(rows) + "\n"


def paths(value, path=""):
    """Key paths of a document: (path, holder, key)."""
    if isinstance(value, dict):
        for key in value:
            yield f"{path}.{key}", value, key
            yield from paths(value[key], f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, f"{path}[]")


def keys_of_schema(schema, path=""):
    """All keys that a schema names, as such paths; <> is a name of the user's choice."""
    for form in schema.get("anyOf", []):
        yield from keys_of_schema(form, path)
    if isinstance(schema.get("items"), dict):
        yield from keys_of_schema(schema["items"], f"{path}[]")
    for key, below in schema.get("properties", {}).items():
        yield f"{path}.{key}"
        yield from keys_of_schema(below, f"{path}.{key}")
    if isinstance(schema.get("additionalProperties"), dict):
        yield f"{path}.<>"
        yield from keys_of_schema(schema["additionalProperties"], f"{path}.<>")


def covered(key, found):
    pattern = re.compile("^" + re.escape(key).replace("<>", r"[^.\[\]]+") + "$")
    return any(pattern.match(path) for path in found)


@unittest.skipIf(jsonschema is None, "not installed: python3-jsonschema, python3-yaml")
class Schemas(ProgramTest):
    def setUp(self):
        super().setUp()
        self.schemas = {kind: json.loads(self.succeed("schema", kind)) for kind in KINDS}
        self.schemas["all"] = json.loads(self.succeed("schema"))
        self.load = loader()
        self.write("scenario.yaml", SCENARIO)
        self.write("equations.yaml", (SCENARIOS / "jilin/estimator_bias/estimation/equations.yaml").read_text(encoding="utf-8"))
        self.write("sweep.yaml", SWEEPS[-2])
        self.write("rows.csv", "crowding\n0.3\n0.5\n")
        self.write("census.csv", "id,jobs,farms,group\na,1,2,u\nb,2,1,v\n")
        self.write("panel.csv", panel())
        self.write("line.yaml", "panel: {entity: id, time: t}\nmodels:\n  - {name: m, method: pooled, formula: y ~ x}\n")
        self.write("links.csv", "i,j\n" + "".join(f"p{i},p{i + 1}\n" for i in range(5)))
        self.write("plants.csv", "id,kind,size,lat,lon,t\n" + "".join(f"p{i},{'ab'[n % 2]},{n + 1},{40 + i},{120 + n / 9},{t}\n" for i in range(6) for t in range(1, 7) for n in range(3)))

    def parsed(self, text):
        return yaml.load(text, self.load)

    def errors(self, kind, document):
        validator = jsonschema.Draft202012Validator(self.schemas[kind])
        return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in validator.iter_errors(document)]

    def checked(self, kind, text):
        """Status and errors of the program that reads a file of the kind."""
        self.write("file.yaml", text)
        command = ("indices", "panel.csv", "--spec", "file.yaml") if kind == "indices" else ("check", "file.yaml")
        status, _, errors = run(*command, folder=self.folder)
        return status, errors

    def test_schemas_are_schemas(self):
        for schema in self.schemas.values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_shipped_files_are_valid(self):
        for kind in KINDS:
            files = files_of(kind)
            if kind not in ("indices", "productivity"):
                self.assertGreater(len(files), 1, kind)
            for file in files:
                document = self.parsed(file.read_text(encoding="utf-8"))
                for schema in (kind, "all"):
                    with self.subTest(file=file, schema=schema):
                        self.assertEqual(self.errors(schema, document), [])
                others = [other for other in KINDS if other != kind and not self.errors(other, document)]
                self.assertEqual(others, [], file)

    def test_files_of_indices_and_productivity_are_told_by_their_keys(self):
        for file in SOURCE.glob("scenarios/*/estimation/*.yaml"):
            with self.subTest(file):
                self.assertEqual(self.errors("all", self.parsed(file.read_text(encoding="utf-8"))), [])

    def test_every_key_stands_in_a_file_without_faults(self):
        """Schema and readers know the same keys: each key of the schema is read in a file the program accepts, and readers cannot ask
        for a key that the table behind the schema lacks (they throw)."""
        for kind, texts in FULL.items():
            found = set()
            for number, text in enumerate(texts):
                document = self.parsed(text)
                with self.subTest(kind=kind, number=number):
                    for schema in (kind, "all"):
                        self.assertEqual(self.errors(schema, document), [])
                    status, errors = self.checked(kind, text)
                    self.assertEqual((status, errors if status else ""), (0, ""))
                found |= {path for path, _, _ in paths(document)}
            for file in files_of(kind):
                found |= {path for path, _, _ in paths(self.parsed(file.read_text(encoding="utf-8")))}
            missing = [key for key in dict.fromkeys(keys_of_schema(self.schemas[kind])) if not covered(key, found)]
            with self.subTest(kind=kind):
                self.assertEqual(missing, [])

    def test_program_and_schema_refuse_the_same_keys_words_and_types(self):
        for kind, texts in FULL.items():
            seen = set()
            for text in texts:
                self.mutate(kind, text, seen)

    def mutate(self, kind, text, seen):
        document = self.parsed(text)
        named = {f"{path}.{key}" for path in (".parameters[].values", ".runs", ".hindcast.sectors", ".census.sectors", ".herfindahl", ".classes", ".coupling.subsystems", ".models[].gmm", ".sectors")
                 for _, holder, key in [entry for entry in paths(document) if entry[0].rpartition(".")[0] == path]}
        filters = re.compile(r"(regions|relative_to|ranking)\.[a-z_]+$")
        for number, (path, _, _) in enumerate(paths(document)):
            if ".values" in path or path in seen:  # of values: whatever the key of the scenario takes
                continue
            seen.add(path)
            changed = copy.deepcopy(document)
            _, holder, key = list(paths(changed))[number]
            if path not in named and not filters.search(path):
                renamed = {f"{name}_x" if name == key else name: value for name, value in holder.items()}
                holder.clear()
                holder.update(renamed)
                self.both_refuse(kind, changed, f"{path}: misspelt")
            changed = copy.deepcopy(document)
            _, holder, key = list(paths(changed))[number]
            holder[key] = {"no": {"such": "map"}}
            if self.checked(kind, json.dumps(changed))[0] == 0:
                self.assertEqual(self.errors(kind, changed), [], f"{kind} {path}: a map")
            elif path not in named and not filters.search(path):
                self.assertNotEqual(self.errors(kind, changed), [], f"{kind} {path}: a map")
            if isinstance(document, dict) and isinstance(self.at(document, number), (int, float)):
                changed = copy.deepcopy(document)
                _, holder, key = list(paths(changed))[number]
                holder[key] = -1e18
                if self.checked(kind, json.dumps(changed))[0] == 0:
                    self.assertEqual(self.errors(kind, changed), [], f"{kind} {path}: -1e18")

    @staticmethod
    def at(document, number):
        _, holder, key = list(paths(document))[number]
        return holder[key]

    def both_refuse(self, kind, document, what):
        self.assertNotEqual(self.errors(kind, document), [], f"{kind} {what}")
        status, errors = self.checked(kind, json.dumps(document))
        self.assertEqual(status, 2, f"{kind} {what}\n{errors}")

    def test_levers_are_words(self):
        for lever, right in (("production_subsidy", True), ("production_subsidi", False)):
            text = SCENARIO.replace("production_subsidy", lever)
            self.assertEqual(self.errors("scenario", self.parsed(text)) == [], right)
            self.assertEqual(self.checked("scenario", text)[0], 0 if right else 2)

    def test_words_and_ranges(self):
        """Words and bounds of the schema are the program's: one beyond, and both refuse."""
        for kind, text, good, bad in (
            ("sweep", SWEEPS[2], "scrambling: none", "scrambling: nine"),
            ("sweep", SWEEPS[2], "points: 4", "points: 0"),
            ("sweep", SWEEPS[2], "points: 4", "points: 4.5"),
            ("sweep", SWEEPS[-2], "cpus: 2", "cpus: 1025"),
            ("sweep", SWEEPS[-2], "statistic: sum", "statistic: summ"),
            ("sweep", SWEEPS[-2], "on: baseline", "on: both"),
            ("targets", TARGETS, "expect: positive", "expect: large"),
            ("targets", TARGETS, "overlap: 0.5", "overlap: 1.5"),
            ("targets", TARGETS, "sampled: 0.1", "sampled: 0"),
            ("calibration", CALIBRATIONS[0], "method: sbplx", "method: simplex"),
            ("calibration", CALIBRATIONS[0], "derivative_step: 0.02", "derivative_step: 0.5"),
            ("calibration", CALIBRATIONS[0], "scale: log", "scale: integer"),
            ("calibration", CALIBRATIONS[0], "prior: none", "prior: some"),
            ("study", STUDY, "level: 0.9", "level: 1"),
            ("estimation", ESTIMATION, "method: liml", "method: lml"),
            ("estimation", ESTIMATION, "weighting: 2", "weighting: 4"),
            ("estimation", ESTIMATION, "cutoff: 3000", "cutoff: -1"),
            ("estimation", ESTIMATION, "constant: transformed", "constant: maybe"),
            ("indices", INDICES[0], "a: 0.1", "a: 1.1"),
            ("indices", INDICES[0], "[lq, moran", "[lq, morans"),
            ("indices", INDICES[1], "draws: 50", "draws: 5"),
            ("productivity", PRODUCTIVITY[0], "returns: [crs, vrs]", "returns: [crs, drs]"),
            ("productivity", PRODUCTIVITY[0], "replications: 20", "replications: 2"),
        ):
            with self.subTest(kind=kind, bad=bad):
                self.assertIn(good, text)
                changed = text.replace(good, bad, 1)
                self.assertNotEqual(self.errors(kind, self.parsed(changed)), [])
                self.assertEqual(self.checked(kind, changed)[0], 2)

    def test_what_must_be_given(self):
        """Without a key that the schema requires both refuse."""
        for kind, texts in FULL.items():
            seen = set()
            for text in texts:
                document = self.parsed(text)
                required = [path for path, holder, key in paths(document) if self.is_required(kind, document, path)]
                for path in [path for path in dict.fromkeys(required) if path not in seen]:
                    seen.add(path)
                    changed = copy.deepcopy(document)
                    for found, holder, key in list(paths(changed)):
                        if found == path:
                            holder.pop(key, None)
                    self.both_refuse(kind, changed, f"without {path}")

    def is_required(self, kind, document, path):
        changed = copy.deepcopy(document)
        for found, holder, key in list(paths(changed)):
            if found == path:
                holder.pop(key, None)
        key = path.rpartition(".")[2]
        return any(f"'{key}' is a required property" in error for error in self.errors(kind, changed)) or bool(
            path.count(".") == 1 and key in self.schemas[kind].get("required", []))


if __name__ == "__main__":
    unittest.main()
