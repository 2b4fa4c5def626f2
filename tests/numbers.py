"""One table of examples for all that know numbers as people write them: `align`, `:natural` and the site's script."""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """Values in order, whether all are numbers or missing, and whether only the script knows their order: dates."""

    values: list[str]
    are_numbers: bool
    is_for_script: bool = False


EXAMPLES = [
    Example(["-5", "-3", "2", "10", "n/a"], False),
    Example(["−30", "−5", "1", "1.5e3"], True),
    Example(["5", "999", "1,234", "12,000", "1,234,567.5"], True),
    Example(["1'000", "2\u202f000", "3\xa0000"], True),
    Example(["€5", "€30", "€1,200"], True),
    Example(["-$5", "$-3", "$0.50", "12 €"], True),
    Example(["0,9", "1,25", "1,5"], True),
    Example(["1.25 kg", "1.5 kg", "10 kg", "heavy"], False),
    Example(["9 MB", "10 MB", "11 MB/s"], True),
    Example(["1 %", "12.5 %", "100%"], True),
    Example([".5", "1.", "+2"], True),
    Example(["1.9", "1.10", "1.10.1", "2.0.0-rc1"], False),
    Example(["v1.9", "v1.10", "v2"], False),
    Example(["item 2", "Item 10", "item 10b"], False),
    Example(["0xFF", "1_000", "a1"], False),
    Example(["2020-12-31", "2021-01-01"], False),
    Example(["01.12.2020", "20.05.2021", "03.01.2022"], False, is_for_script=True),
    Example(["1 Sept 2020", "20 Sept. 2021", "3 May 2022", "May 5, 2023"], False, is_for_script=True),
    Example(["2020-12-31 09:00", "2020-12-31 10:00", "2021-01-01"], False),
    Example(["a", "B", "c 9", "c 10"], False),
]
