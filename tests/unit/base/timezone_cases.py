#!/usr/bin/env python3
"""What Python's zoneinfo makes of instants and local times, from the same database of zones: timezone_cases.py OUTPUT

Made at build, since the database is the system's and changes.
"""
import json
import random
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = ['UTC', 'Europe/Berlin', 'Europe/London', 'Europe/Dublin', 'America/New_York', 'America/Los_Angeles', 'America/Sao_Paulo',
         'America/St_Johns', 'America/Caracas', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Tokyo', 'Asia/Tehran', 'Asia/Gaza',
         'Asia/Pyongyang', 'Australia/Sydney', 'Australia/Lord_Howe', 'Australia/Adelaide', 'Pacific/Apia', 'Pacific/Auckland',
         'Pacific/Chatham', 'Pacific/Kiritimati', 'Africa/Casablanca', 'Africa/Cairo', 'Antarctica/Troll', 'America/Nuuk',
         'Etc/GMT+12', 'EST5EDT', 'CET', 'Africa/Monrovia']
EPOCH = datetime(1970, 1, 1)


def seconds(naive):
    return (naive - EPOCH) // timedelta(seconds=1)


def instants(lot):
    for _ in range(120):
        yield lot.randrange(-2208988800, 4102444800)  # 1900 to 2100
    for _ in range(60):
        yield lot.randrange(1577836800, 1893456000)  # 2020 to 2030


def changes(zone, year):
    """Instants around which the offset changes in a year."""
    at = datetime(year, 1, 1, tzinfo=timezone.utc)
    offset = at.astimezone(zone).utcoffset()
    for _ in range(366 * 24):
        at += timedelta(hours=1)
        now = at.astimezone(zone).utcoffset()
        if now != offset:
            yield int(at.timestamp())
            offset = now


def main():
    lot = random.Random(7)
    cases = []
    for name in ZONES:
        zone = ZoneInfo(name)
        some = list(instants(lot))
        for year in (1999, 2024, 2045):
            for at in changes(zone, year):
                some += [at - 3601, at - 1800, at - 1, at, at + 1, at + 1800, at + 3599]
        for at in some:
            local = datetime.fromtimestamp(at, zone)
            case = {'zone': name, 'utc': at, 'offset': int(local.utcoffset().total_seconds()), 'name': local.tzname(),
                    'local': seconds(local.replace(tzinfo=None)), 'iso': local.strftime('%Y-%m-%d %H:%M:%S %w %j')}
            for fold in (0, 1):
                naive = local.replace(tzinfo=None) + timedelta(minutes=30)
                back = naive.replace(tzinfo=zone, fold=fold)
                case[f'fold{fold}'] = int(back.timestamp())
            cases.append(case)
    with open(sys.argv[1], 'w', encoding='utf-8') as out:
        json.dump(cases, out)


main()
