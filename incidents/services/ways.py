"""The ways of a person in their order, as SQL that release, cancellation and fall-back share.

A person who set no order is told by the channel they chose and then by the other of e-mail and SMS. A way counts only
while an address for it is there.
"""

ORDER = """CASE
    WHEN cardinality(person.ways) > 0 THEN person.ways
    WHEN person.channel = 'sms' THEN ARRAY['sms', 'email']::varchar[]
    ELSE ARRAY['email', 'sms']::varchar[] END"""

LEADS_SOMEWHERE = """(
    ordered.way = 'email' AND person.email IS NOT NULL
    OR ordered.way = 'sms' AND person.phone IS NOT NULL
    OR EXISTS (SELECT FROM orgs_address AS address
                WHERE address.person_id = person.id AND address.channel = ordered.way AND address.ended_at IS NULL))"""

_PLAIN = """CASE
    WHEN person.channel = 'sms' AND person.phone IS NOT NULL THEN 'sms'
    WHEN person.email IS NOT NULL THEN 'email'
    ELSE 'sms' END"""

# Nobody but those who set an order costs a look at their addresses.
FIRST = f"""CASE
    WHEN person.channel = 'inbox' THEN 'inbox'
    WHEN person.channel = 'call' AND person.phone IS NOT NULL THEN 'call'
    WHEN cardinality(person.ways) > 0 THEN coalesce(
        (SELECT ordered.way FROM unnest(person.ways) WITH ORDINALITY AS ordered (way, place)
          WHERE {LEADS_SOMEWHERE} ORDER BY ordered.place LIMIT 1), {_PLAIN})
    ELSE {_PLAIN} END"""  # noqa: S608 (our own words only)

NEXT = f"""
    SELECT ordered.way FROM unnest({ORDER}) WITH ORDINALITY AS ordered (way, place)
     WHERE ordered.way <> ALL(taken.channels) AND {LEADS_SOMEWHERE} ORDER BY ordered.place LIMIT 1"""  # noqa: S608
"""The first of a person's ways that is none of ``taken.channels``."""
