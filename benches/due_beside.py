#!/usr/bin/env python3
"""What a due instant costs in the PyPI package businesstimedelta, for the same question as benches/clocks.rs.

    pip install businesstimedelta pytz
    benches/due_beside.py
"""
import datetime
import time

import businesstimedelta
import pytz

STARTS = 2_000


def main():
    zone = pytz.timezone("America/Los_Angeles")
    rules = businesstimedelta.Rules([
        businesstimedelta.WorkDayRule(
            start_time=datetime.time(9), end_time=datetime.time(17), working_days=[0, 1, 2, 3, 4], tz=zone
        )
    ])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    starts = [begin + datetime.timedelta(seconds=place * 7919 % (365 * 86_400)) for place in range(STARTS)]
    target = businesstimedelta.BusinessTimeDelta(rules, hours=8)
    before = time.perf_counter()
    for start in starts:
        start + target
    print(f"businesstimedelta, due {(time.perf_counter() - before) / STARTS * 1e6:>10.1f} µs")


main()
