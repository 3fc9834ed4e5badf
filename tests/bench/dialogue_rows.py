"""Rows of dialogues for the bench, each table by one statement: 20,000 sessions, 50,000 commitments, a great rating."""

from django.db import connection

SESSIONS = 20_000
COMMITMENTS = 50_000
PRIORITIES = 200
"""In one round; more than the product lets a phone show, so that the ranking has something to do."""
BALLOTS = 1_000
PROPOSALS = 3_000

_CERCLES = """
WITH cercles AS (
    SELECT array_agg(a.id ORDER BY a.id) AS ids, array_agg(a.region_id ORDER BY a.id) AS regions, count(*)::int AS many
    FROM orgs_area a JOIN orgs_edition e ON e.id = a.edition_id WHERE e.is_current AND a.level = 'cercle'
), bodies AS (SELECT array_agg(id ORDER BY id) AS ids, count(*)::int AS many FROM orgs_organisation)
"""
_MARKINGS = "(ARRAY['clear','green','green','green','amber','amber','amber_strict','green','green','red'])[1 + n %% 10]"

_PROCESSES = f"""
{_CERCLES}
INSERT INTO dialogues_process (
    uid, title, purpose, kind, level, track, state, starts_on, tlp, funders_text, created_at, updated_at, version,
    is_demo, region_id, cercle_id)
SELECT gen_random_uuid(), 'Paix au marché ' || n, 'Que les foires rouvrent.', 'research', 'communal', '3', 'running',
    date '2023-01-01', 'green', '', now(), now(), 1, false, c.regions[1 + n %% c.many], c.ids[1 + n %% c.many]
FROM generate_series(1, 100) AS n, cercles c
"""

_SESSIONS = f"""
{_CERCLES}, processes AS (SELECT array_agg(id ORDER BY id) AS ids FROM dialogues_process)
INSERT INTO dialogues_session (
    uid, process_id, number, kind, state, title, held_on, country, place_text, spoken, interpreted, led_by_id, people,
    spectators, women, men, youth, aged, invited, absent, agenda, minutes, tlp, how, recorded_at, updated_at, version,
    is_demo, region_id, cercle_id)
SELECT gen_random_uuid(), p.ids[1 + n %% 100], 1 + n / 100,
    (ARRAY['dialogue','focus_group','interview','committee'])[1 + n %% 4],
    (ARRAY['held','held','held','held','planned'])[1 + n %% 5], 'Le marché et le poste ' || n,
    date '2022-12-01' + (n::bigint * 7919 %% 1400)::int, 'ML', 'Sous le grand arbre', '{{fr}}', '{{}}',
    b.ids[1 + n %% b.many], 24, 0, 10, 14, 8, 24, '{{herders,forces}}', '{{herders}}', 'Le marché', 'Compte rendu. '
    || n, {_MARKINGS}, 'page', now(), now(), 1, false, c.regions[1 + n %% c.many], c.ids[1 + n %% c.many]
FROM generate_series(1, %s) AS n, cercles c, bodies b, processes p
"""

_LINES = (
    """INSERT INTO dialogues_attendance (session_id, sex, age_band, "group", count)
       SELECT s.id, one.sex, one.band, one.who, one.many FROM dialogues_session s, (VALUES
           ('f', '15-35', 'women', 4), ('f', '36-60', 'women', 6), ('m', '15-35', 'youth', 4),
           ('m', '36-60', 'farmers', 10)) AS one(sex, band, who, many)""",
    """INSERT INTO dialogues_issue (session_id, position, words, needs, themes)
       SELECT s.id, n, 'Le puits est trop loin ' || n, '{safety}', '{water}'
       FROM dialogues_session s, generate_series(0, 1) AS n""",
    """INSERT INTO dialogues_point (session_id, kind, position, words)
       SELECT s.id, (ARRAY['agreement','disagreement'])[1 + n], n, 'On répare le puits ensemble ' || n
       FROM dialogues_session s, generate_series(0, 1) AS n""",
    """INSERT INTO dialogues_session_present (session_id, organisation_id)
       SELECT s.id, b.ids[1 + (s.id + n) % b.many] FROM dialogues_session s, generate_series(1, 2) AS n,
           (SELECT array_agg(id ORDER BY id) AS ids, count(*)::int AS many FROM orgs_organisation) b""",
)

_COMMITMENTS = """
INSERT INTO dialogues_commitment (
    uid, session_id, process_id, what, owner_kind, organisation_id, promised_on, due_on, order_on, state, evidence,
    is_public, tlp, made_at, updated_at, version, is_demo, region_id, cercle_id)
SELECT gen_random_uuid(), s.id, s.process_id, 'Ouvrir le cahier des plaintes ' || n, 'organisation', s.led_by_id,
    s.held_on, s.held_on + 90, s.held_on + 90, (ARRAY['promised','begun','kept','broken','overtaken'])[1 + n %% 5], '',
    false, s.tlp, now(), now(), 1, false, s.region_id, s.cercle_id
FROM generate_series(1, %s) AS n JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM dialogues_session) s
    ON s.place = 1 + n %% (SELECT count(*) FROM dialogues_session)
"""

_ROUND = (
    """INSERT INTO dialogues_priority (process_id, title, title_key, words, theme, position, made_at, is_demo)
       SELECT (SELECT min(id) FROM dialogues_process), 'Priorité ' || n, 'priorite ' || n, '', '', n, now(), false
       FROM generate_series(1, %(priorities)s) AS n""",
    """INSERT INTO dialogues_ratinground (uid, process_id, title, method, state, code, opened_at, closed_at, is_demo)
       SELECT gen_random_uuid(), min(id), 'La conférence', 'individual', 'closed', '', now(), now(), false
       FROM dialogues_process""",
    """INSERT INTO dialogues_ratedpriority (round_id, priority_id, position, title, words, theme)
       SELECT (SELECT max(id) FROM dialogues_ratinground), id, position, title, '', '' FROM dialogues_priority""",
    """INSERT INTO dialogues_ballot (round_id, voter_key)
       SELECT (SELECT max(id) FROM dialogues_ratinground), md5(n::text) FROM generate_series(1, %(ballots)s) AS n""",
    """INSERT INTO dialogues_ballotmark (item_id, criterion, value, ballot_id)
       SELECT i.id, c, 1 + (i.id * 7 + b.id * 13 + length(c)) %% 5, b.id
       FROM dialogues_ratedpriority i, dialogues_ballot b, unnest(ARRAY['urgency','feasible','impact']) AS c""",
)

_PROPOSALS = """
INSERT INTO dialogues_proposal (session_id, position, words, words_key, theme, written_at)
SELECT s.ids[1 + n %% cardinality(s.ids)], n, said.words, said.words, '', now()
FROM generate_series(1, %s) AS n,
    (SELECT array_agg(id ORDER BY id) AS ids FROM dialogues_session
     WHERE process_id = (SELECT min(id) FROM dialogues_process)) AS s,
    LATERAL (SELECT format('il faut %%s %%s %%s %%s dans la commune numero %%s',
        (ARRAY['ouvrir','reparer','surveiller','partager','creuser','fermer','rendre'])[1 + n %% 7],
        (ARRAY['le puits','le marche','la route','le cahier','le pont','l ecole'])[1 + n / 7 %% 6],
        (ARRAY['avec les eleveurs','avec les femmes','avec les jeunes','avec le prefet','ensemble'])[1 + n / 42 %% 5],
        (ARRAY['avant la saison','chaque semaine','sans attendre','cette annee'])[1 + n / 210 %% 4], n) AS words)
    AS said
"""

_TABLES = (
    "process", "session", "attendance", "issue", "point", "session_present", "commitment", "priority", "ratinground",
    "ratedpriority", "ballot", "ballotmark", "proposal",
)  # fmt: skip


def seed_dialogues(*, sessions: int = SESSIONS, commitments: int = COMMITMENTS) -> None:
    """Write the rows over today's cercles and four years, and 40 organisations that hold the sessions."""
    from tests.bench.directory import seed_organisations

    seed_organisations(40)
    with connection.cursor() as cursor:
        cursor.execute(_PROCESSES, [])
        cursor.execute(_SESSIONS, [sessions])
        for statement in _LINES:
            cursor.execute(statement)
        cursor.execute(_COMMITMENTS, [commitments])
        for statement in _ROUND:
            cursor.execute(statement, {"priorities": PRIORITIES, "ballots": BALLOTS})
        cursor.execute(_PROPOSALS, [PROPOSALS])
        for name in _TABLES:
            cursor.execute(f"VACUUM ANALYZE dialogues_{name}")
