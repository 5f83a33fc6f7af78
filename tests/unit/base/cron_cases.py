#!/usr/bin/env python3
"""When lines of cron run, found out by walking through the minutes with Python's zoneinfo: cron_cases.py OUTPUT

Knows nothing of how the server reckons: a clock is read at every minute, and what it shows is held against the line. Covers every
setting of the clocks from 2007 to 2030 in the zones below, and days without one. Made at build, since the database of zones is
the system's and changes.
"""
import json
import random
import sys
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

ZONES = ['UTC', 'Europe/Berlin', 'Europe/London', 'Europe/Dublin', 'Europe/Istanbul', 'Europe/Volgograd', 'America/New_York',
         'America/Los_Angeles', 'America/Sao_Paulo', 'America/Santiago', 'America/Asuncion', 'America/Havana', 'America/St_Johns',
         'America/Caracas', 'America/Nuuk', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Tehran', 'Asia/Gaza', 'Asia/Beirut',
         'Asia/Pyongyang', 'Australia/Sydney', 'Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Auckland', 'Pacific/Chatham',
         'Pacific/Fakaofo', 'Africa/Casablanca', 'Africa/Cairo', 'Africa/Windhoek', 'Antarctica/Troll', 'EST5EDT']
FIRST, LAST = 2007, 2030
LINES_A_CHANGE = 5
MINUTE, HOUR, DAY = 60, 3600, 86400
RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
NAMES = [{}, {}, {}, {n: i + 1 for i, n in enumerate('jan feb mar apr may jun jul aug sep oct nov dec'.split())},
         {n: i for i, n in enumerate('sun mon tue wed thu fri sat'.split())}]


def values(text, place):
    """The set that a field stands for."""
    low, high = RANGES[place]
    found = set()
    for item in text.split(','):
        item, _, step = item.partition('/')
        if item == '*':
            first, last = low, high
        else:
            first, dash, last = item.partition('-')
            first = NAMES[place].get(first.lower(), first)
            last = NAMES[place].get(last.lower(), last) if dash else (high if step else first)
        found |= set(range(int(first), int(last) + 1, int(step or 1)))
    return {0 if place == 4 and value == 7 else value for value in found}


class Line:
    def __init__(self, text):
        self.fields = text.split()
        self.sets = [values(field, place) for place, field in enumerate(self.fields)]
        self.either = not self.fields[2].startswith('*') and not self.fields[4].startswith('*')
        self.fixed = not self.fields[0].startswith('*') and not self.fields[1].startswith('*')

    def fits(self, shown):
        minute, hour, day, month, weekday = shown
        if minute not in self.sets[0] or hour not in self.sets[1] or month not in self.sets[3]:
            return False
        days = day in self.sets[2], weekday in self.sets[4]
        return any(days) if self.either else all(days)


def face(local):
    """What a clock shows at a time that is counted in seconds as if there were no zones."""
    at = datetime.fromtimestamp(local, timezone.utc)
    return at.minute, at.hour, at.day, at.month, at.isoweekday() % 7


class Walk:
    """A stretch of minutes as the clock of a zone shows them."""

    def __init__(self, zone, begin, end):
        self.begin, self.end = begin, end
        # The latest time that the clock has shown before: nothing was ever set back by more than 30 hours.
        latest = max(self.shown(zone, at) for at in range(begin - 30 * HOUR, begin, 15 * MINUTE))
        latest = max(latest, self.shown(zone, begin - MINUTE))
        self.minutes = []
        for at in range(begin, end, MINUTE):
            now = self.shown(zone, at)
            new = range(latest + MINUTE, now + 1, MINUTE)  # shown or left out for the first time
            self.minutes.append((at, face(now), [face(local) for local in new] if len(new) != 1 else None))
            latest = max(latest, now)

    @staticmethod
    def shown(zone, at):
        return at + int(datetime.fromtimestamp(at, zone).utcoffset().total_seconds())

    def runs(self, line):
        for at, now, new in self.minutes:
            if line.fixed and new is not None:
                if any(line.fits(shown) for shown in new):
                    yield at
            elif line.fits(now):
                yield at


def changes(zone):
    """Instants at which the offset changes; looks twice a day, then closer."""
    at = int(datetime(FIRST, 1, 1, tzinfo=timezone.utc).timestamp())
    end = int(datetime(LAST, 12, 31, tzinfo=timezone.utc).timestamp())
    offset = Walk.shown(zone, at) - at
    while at < end:
        after = at + 12 * HOUR
        if Walk.shown(zone, after) - after != offset:
            low, high = at, after
            while high - low > MINUTE:
                middle = (low + high) // 2 // MINUTE * MINUTE
                if Walk.shown(zone, middle) - middle == offset:
                    low = middle
                else:
                    high = middle
            now = Walk.shown(zone, high) - high
            yield high, now - offset
            offset = now
        at = after


def a_number(lot, place, near):
    low, high = RANGES[place]
    return lot.randint(max(low, near - 2), min(high, near + 2)) if lot.random() < .7 else lot.randint(low, high)


def a_field(lot, place, near, stars):
    low, high = RANGES[place]
    dice = lot.random()
    if dice < stars:
        return '*'
    if dice < stars + .12:
        return f'*/{lot.randint(1, high - low + 1)}'
    first = a_number(lot, place, near)
    if lot.random() < .5:
        return str(first)
    kind = lot.randrange(4)
    if kind == 0:
        return f'{first}-{lot.randint(first, high)}'
    if kind == 1:
        return f'{first}-{lot.randint(first, high)}/{lot.randint(1, 6)}'
    if kind == 2:
        return f'{first}/{lot.randint(1, 6)}'
    return ','.join(str(a_number(lot, place, near)) for _ in range(lot.randint(2, 5)))


def a_line(lot, near):
    return ' '.join(a_field(lot, place, near[place], stars) for place, stars in enumerate((.15, .25, .6, .7, .6)))


def main():
    lot = random.Random(11)
    cases = []

    def add(name, walk, text):
        cases.append({'zone': name, 'cron': text, 'from': walk.begin, 'until': walk.end, 'runs': list(walk.runs(Line(text)))})

    for name in ZONES:
        zone = ZoneInfo(name)
        for at, by in changes(zone):
            walk = Walk(zone, at - 2 * HOUR, at + abs(by) + 3 * HOUR)
            near = face(Walk.shown(zone, at - MINUTE))
            for _ in range(LINES_A_CHANGE):
                add(name, walk, a_line(lot, near))
            add(name, walk, f'{near[0]} {near[1]} * * *')
        at = lot.randrange(1167609600, 1893456000) // MINUTE * MINUTE
        walk = Walk(zone, at, at + 8 * DAY)
        for _ in range(12):
            add(name, walk, a_line(lot, face(at)))
    with open(sys.argv[1], 'w', encoding='utf-8') as out:
        json.dump(cases, out)


main()
