#!/usr/bin/env python3
"""Writes the built-in lists of holidays, from the PyPI package `holidays`.

    pip install holidays==0.109
    python3 src/store/holidays/generate.py

Only statutory public holidays are listed. Dates that a government proclaims year by year (royal occasions, moved
bank holidays) are included if the package contains them.
"""

import pathlib

import holidays

FIRST, LAST = 2020, 2035

# name, title, country, subdivision, language, and where the law or the government says so
LISTS = [
    ("us", "United States, federal holidays", "US", None, "en_US", "5 U.S.C. 6103; opm.gov, Federal Holidays"),
    ("gb", "United Kingdom, bank holidays in England and Wales", "GB", "ENG", "en_GB", "gov.uk/bank-holidays"),
    ("gb-sct", "United Kingdom, bank holidays in Scotland", "GB", "SCT", "en_GB", "gov.uk/bank-holidays"),
    ("gb-nir", "United Kingdom, bank holidays in Northern Ireland", "GB", "NIR", "en_GB", "gov.uk/bank-holidays"),
    ("jp", "Japan, national holidays", "JP", None, "en_US", "Act on National Holidays (1948); cao.go.jp"),
    ("de", "Germany, holidays of all states", "DE", None, "en_US", "Unification Treaty, art. 2; holiday acts of the states"),
    ("fr", "France, national holidays", "FR", None, "en_US", "Code du travail, art. L3133-1"),
    ("es", "Spain, national holidays", "ES", None, "en_US", "Estatuto de los Trabajadores, art. 37.2; boe.es"),
    ("it", "Italy, national holidays", "IT", None, "en_US", "Legge 260/1949, as amended"),
    ("pt", "Portugal, national holidays", "PT", None, "en_US", "Código do Trabalho, art. 234"),
    ("br", "Brazil, national holidays", "BR", None, "en_US", "Lei 662/1949, Lei 6.802/1980, Lei 14.759/2023"),
    ("nl", "Netherlands, national holidays", "NL", None, "en_US", "Algemene termijnenwet, art. 3"),
    ("ca", "Canada, holidays of all provinces", "CA", None, "en_CA", "employment standards acts of the provinces"),
    ("au", "Australia, holidays of all states", "AU", None, "en_AU", "public holidays acts of the states; fairwork.gov.au"),
    ("in", "India, gazetted holidays", "IN", None, "en_IN", "Department of Personnel and Training; dopt.gov.in"),
]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def written(title, country, subdivision, language, law):
    days = holidays.country_holidays(country, subdiv=subdivision, years=range(FIRST, LAST + 1), language=language)
    place = country if subdivision is None else f"{country}-{subdivision}"
    lines = [
        "# A list of holidays; calendars in casebook.toml name it by its file's name.",
        f"title = {quoted(title)}",
        f"source = {quoted(f'{law}; by PyPI holidays {holidays.__version__}, {place}, public')}",
        f"from = {FIRST}-01-01",
        f"until = {LAST}-12-31",
        "",
        "[days]",
    ]
    within = (day for day in sorted(days) if FIRST <= day.year <= LAST)
    lines += [f"{day.isoformat()} = {quoted(days[day])}" for day in within]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    folder = pathlib.Path(__file__).resolve().parent
    for name, *rest in LISTS:
        (folder / f"{name}.toml").write_text(written(*rest), encoding="utf-8", newline="\n")
