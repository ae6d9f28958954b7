"""A strict little reader of OpenMetrics text: families in order, samples that belong to theirs, the end mark."""
import dataclasses
import re

SUFFIXES = {"counter": ("_total", "_created"), "gauge": ("",), "info": ("_info",)}
SAMPLE = re.compile(r'([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')


@dataclasses.dataclass
class Sample:
    labels: dict
    value: float


@dataclasses.dataclass
class Family:
    type: str
    samples: list


def parse(text):
    lines = text.split("\n")
    if lines[-2:] != ["# EOF", ""]:
        raise ValueError(f"does not end with # EOF: {lines[-3:]}")
    families, name = {}, None
    for line in lines[:-2]:
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            if name in families:
                raise ValueError(f"family {name} is there twice")
            families[name] = Family(kind, [])
        elif line.startswith(("# HELP ", "# UNIT ")):
            if line.split(" ")[2] != name:
                raise ValueError(f"outside its family: {line}")
        else:
            _add_sample(families[name], name, line)
    return families


def _add_sample(family, name, line):
    match = SAMPLE.match(line)
    if not match or match[1] not in [name + suffix for suffix in SUFFIXES[family.type]]:
        raise ValueError(f"not a sample of the {family.type} {name}: {line}")
    labels, at, text = {}, 0, match[2] or ""
    while at < len(text):
        label = LABEL.match(text, at)
        if not label or label[1] in labels:
            raise ValueError(f"bad labels: {line}")
        labels[label[1]] = label[2]
        at = label.end()
    if any(labels == sample.labels for sample in family.samples):
        raise ValueError(f"there twice: {line}")
    family.samples.append(Sample(labels, float(match[3])))
