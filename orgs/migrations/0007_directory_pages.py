"""Search of the directory: words in full text or alike, with one rank."""

from django.db import migrations

# For each word: an entry that has it in its full text, or in its names and places with a slip of the finger. Two GIN
# indexes answer each word. Words without meaning ("de", "les") count only where there is nothing else. The threshold
# belongs to this function alone: places have their own. Reading the whole table is switched off in it: the planner takes
# the likeness of 10,000 rows for cheap (200 ms), and the indexes, after many changes, for dear (12 ms).
# The first statement loads the extension's library, without which an owner who is no superuser may not name its setting.
FORWARDS = """
SELECT similarity('a', 'b');
CREATE FUNCTION orgs_organisations_found(given text[], is_loose boolean DEFAULT false)
RETURNS TABLE (id bigint, rank real)
LANGUAGE sql STABLE ROWS 100
SET pg_trgm.strict_word_similarity_threshold = 0.3
SET enable_seqscan = off
AS $$
    WITH read AS (
        SELECT word, number, plainto_tsquery('french', word) AS query
          FROM unnest(given) WITH ORDINALITY AS one (word, number)
    ), asked AS (
        SELECT word, number, query, length(word) >= 3 AS may_slip FROM read
         WHERE numnode(query) > 0 OR NOT EXISTS (SELECT 1 FROM read meant WHERE numnode(meant.query) > 0)
    )
    SELECT hit.id, sum(hit.score)::real
      FROM asked CROSS JOIN LATERAL (
        SELECT organisation.id,
               CASE WHEN organisation.words @@ asked.query THEN 1 + ts_rank(organisation.words, asked.query)
                    ELSE 0.8 * strict_word_similarity(asked.word, organisation.names_key) END AS score
          FROM orgs_organisation organisation
         WHERE organisation.words @@ asked.query OR (asked.may_slip AND organisation.names_key %>> asked.word)
      ) hit
     GROUP BY hit.id
    HAVING is_loose OR count(*) = (SELECT count(*) FROM asked)
$$;
"""
BACKWARDS = "DROP FUNCTION orgs_organisations_found(text[], boolean)"


class Migration(migrations.Migration):
    """A function only."""

    dependencies = [("orgs", "0006_terms")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
