"""What actors do for civilians, what organisations say of actors, and ties between organisations."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

# What must never be, held by the database itself. An armed group is never the subject of what an organisation says, nor
# the holder of a civil role; no actor is rated by its own organisation; no civil role is placed below the cercle.
# The actor's row is locked (FOR SHARE) so that it cannot become an armed group while something is said of it.
TRIGGERS = """
CREATE FUNCTION orgs_actor_view_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found record;
BEGIN
    SELECT sector, organisation_id INTO found FROM orgs_actor WHERE id = NEW.actor_id FOR SHARE;
    IF found.sector = 'armed_group' THEN
        RAISE EXCEPTION 'nothing is kept by organisation about armed groups'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'actor_view_not_about_armed_groups';
    END IF;
    IF found.organisation_id = NEW.organisation_id THEN
        RAISE EXCEPTION 'an organisation does not rate itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'actor_view_not_of_oneself';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER actor_view_guard BEFORE INSERT OR UPDATE OF actor_id, organisation_id ON orgs_actorview
    FOR EACH ROW EXECUTE FUNCTION orgs_actor_view_guard();

CREATE FUNCTION orgs_actor_role_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sector FROM orgs_actor WHERE id = NEW.actor_id FOR SHARE) = 'armed_group' THEN
        RAISE EXCEPTION 'armed groups have no civil roles'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'actor_role_not_of_armed_groups';
    END IF;
    IF (SELECT level FROM orgs_area WHERE id = NEW.area_id) NOT IN ('country', 'region', 'cercle') THEN
        RAISE EXCEPTION 'civil roles are kept for the country, regions and cercles'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'actor_role_never_below_cercle';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER actor_role_guard BEFORE INSERT OR UPDATE OF actor_id, area_id ON orgs_actorrole
    FOR EACH ROW EXECUTE FUNCTION orgs_actor_role_guard();

CREATE FUNCTION orgs_actor_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sector = 'armed_group' AND (
        EXISTS (SELECT FROM orgs_actorview WHERE actor_id = NEW.id)
        OR EXISTS (SELECT FROM orgs_actorrole WHERE actor_id = NEW.id)) THEN
        RAISE EXCEPTION 'nothing is kept by organisation about armed groups'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'actor_view_not_about_armed_groups';
    END IF;
    IF EXISTS (SELECT FROM orgs_actorview WHERE actor_id = NEW.id AND organisation_id = NEW.organisation_id) THEN
        RAISE EXCEPTION 'an organisation does not rate itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'actor_view_not_of_oneself';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER actor_guard BEFORE UPDATE OF sector, organisation_id ON orgs_actor
    FOR EACH ROW EXECUTE FUNCTION orgs_actor_guard();
"""

NO_TRIGGERS = """
DROP TRIGGER actor_guard ON orgs_actor;
DROP TRIGGER actor_role_guard ON orgs_actorrole;
DROP TRIGGER actor_view_guard ON orgs_actorview;
DROP FUNCTION orgs_actor_guard();
DROP FUNCTION orgs_actor_role_guard();
DROP FUNCTION orgs_actor_view_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("orgs", "0010_state_services"),
    ]

    operations = [
        migrations.CreateModel(
            name='ActorRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('complaints', 'Receives complaints'), ('protection', 'Protects civilians'), ('investigation', 'Investigates crimes'), ('rescue', 'Rescues and gives first aid'), ('disaster', 'Answers disasters and fires'), ('gbv', 'Desk for gender-based violence'), ('children', 'Desk for the protection of children'), ('committee', 'Sits in the local security committee (CCLS)'), ('liaison', 'Speaks with civil society')], max_length=20, verbose_name='what it does for civilians')),
                ('office', models.CharField(blank=True, help_text='Its name only. No address, no place, no number.', max_length=80, verbose_name='office or desk')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('as_of', models.DateField(verbose_name='as of')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'civil role of an actor',
                'verbose_name_plural': 'civil roles of actors',
                'ordering': ('role', 'actor_id', 'id'),
            },
        ),
        migrations.CreateModel(
            name='ActorView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reach', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Cannot be reached'), (2, 'Hard to reach'), (3, 'Can be reached'), (4, 'Easy to reach')], null=True, verbose_name='how reachable')),
                ('trust', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'No trust'), (2, 'Little trust'), (3, 'Some trust'), (4, 'Full trust')], null=True, verbose_name='how trusted')),
                ('wish', models.CharField(blank=True, choices=[('yes', 'Wishes to'), ('no', 'Does not wish to'), ('cannot', 'Wishes to and cannot')], max_length=10, verbose_name='wishes to work with it')),
                ('is_entered_for', models.BooleanField(default=False, editable=False, help_text='For the organisation, at its word.', verbose_name='entered by a coordinator')),
                ('said_at', models.DateTimeField(auto_now_add=True, verbose_name='said')),
                ('superseded_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='replaced or taken back')),
            ],
            options={
                'verbose_name': 'view of an actor',
                'verbose_name_plural': 'views of actors',
                'ordering': ('-said_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='OrganisationLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('member', 'Member of'), ('coordinated', 'Coordinated by'), ('partner', 'Partner of'), ('funds', 'Funds'), ('branch', 'Branch of')], max_length=12, verbose_name='tie')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='since')),
                ('ends_on', models.DateField(blank=True, help_text='The first day on which it no longer holds.', null=True, verbose_name='until')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'link between organisations',
                'verbose_name_plural': 'links between organisations',
                'ordering': ('kind', 'organisation_id', 'other_id', 'id'),
            },
        ),
        migrations.AddField(
            model_name='actor',
            name='source',
            field=models.CharField(blank=True, max_length=300, verbose_name='source'),
        ),
        migrations.AddIndex(
            model_name='actor',
            index=models.Index(condition=models.Q(('organisation__isnull', False)), fields=['organisation'], name='actor_by_body'),
        ),
        migrations.AddConstraint(
            model_name='actor',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sector', 'armed_group'), _negated=True), models.Q(('civil_contact', ''), ('organisation__isnull', True)), _connector='OR'), name='actor_armed_group_is_only_named'),
        ),
        migrations.AddField(
            model_name='actorrole',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='orgs.actor', verbose_name='actor'),
        ),
        migrations.AddField(
            model_name='actorrole',
            name='area',
            field=models.ForeignKey(help_text='The country, a region or a cercle; never a smaller place.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.area', verbose_name='area'),
        ),
        migrations.AddField(
            model_name='actorview',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='views', to='orgs.actor', verbose_name='actor'),
        ),
        migrations.AddField(
            model_name='actorview',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='actor_views', to='orgs.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='actorview',
            name='region',
            field=models.ForeignKey(blank=True, editable=False, help_text='Where the organisation is at home: totals are made by region, and each counts in one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.area', verbose_name='region'),
        ),
        migrations.AddField(
            model_name='actorview',
            name='said_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='said by'),
        ),
        migrations.AddField(
            model_name='organisationlink',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links_out', to='orgs.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='organisationlink',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links_in', to='orgs.organisation', verbose_name='other organisation'),
        ),
        migrations.AddIndex(
            model_name='actorrole',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['area', 'role'], name='actor_role_by_area'),
        ),
        migrations.AddConstraint(
            model_name='actorrole',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('actor', 'area', 'role'), name='actor_role_once_an_area'),
        ),
        migrations.AddConstraint(
            model_name='actorrole',
            constraint=models.CheckConstraint(condition=models.Q(('phone', ''), ('phone__regex', '^(\\+[1-9][0-9]{6,14}|[0-9]{2,8})$'), _connector='OR'), name='actor_role_phone_form'),
        ),
        migrations.AddConstraint(
            model_name='actorrole',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='actor_role_says_its_source'),
        ),
        migrations.AddIndex(
            model_name='actorview',
            index=models.Index(condition=models.Q(('superseded_at__isnull', True)), fields=['actor', 'region'], include=('reach', 'trust', 'wish', 'organisation'), name='actor_view_for_totals'),
        ),
        migrations.AddConstraint(
            model_name='actorview',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('organisation', 'actor'), name='actor_view_latest_once'),
        ),
        migrations.AddConstraint(
            model_name='actorview',
            constraint=models.CheckConstraint(condition=models.Q(('reach__isnull', False), ('trust__isnull', False), models.Q(('wish', ''), _negated=True), _connector='OR'), name='actor_view_says_something'),
        ),
        migrations.AddConstraint(
            model_name='actorview',
            constraint=models.CheckConstraint(condition=models.Q(('reach__isnull', True), ('reach__range', (1, 4)), _connector='OR'), name='actor_view_reach_1_to_4'),
        ),
        migrations.AddConstraint(
            model_name='actorview',
            constraint=models.CheckConstraint(condition=models.Q(('trust__isnull', True), ('trust__range', (1, 4)), _connector='OR'), name='actor_view_trust_1_to_4'),
        ),
        migrations.AddConstraint(
            model_name='actorview',
            constraint=models.CheckConstraint(condition=models.Q(('wish__in', ['', 'yes', 'no', 'cannot'])), name='actor_view_wish_known'),
        ),
        migrations.AddIndex(
            model_name='organisationlink',
            index=models.Index(fields=['other', 'kind', 'organisation'], name='link_from_the_other_end'),
        ),
        migrations.AddConstraint(
            model_name='organisationlink',
            constraint=models.CheckConstraint(condition=models.Q(('organisation', models.F('other')), _negated=True), name='link_not_to_itself'),
        ),
        migrations.AddConstraint(
            model_name='organisationlink',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('starts_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='link_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='organisationlink',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('organisation', 'kind', 'other'), name='link_once'),
        ),
        migrations.AddConstraint(
            model_name='organisationlink',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Least('organisation', 'other'), django.db.models.functions.comparison.Greatest('organisation', 'other'), condition=models.Q(('ends_on__isnull', True), ('kind', 'partner')), name='link_partners_once'),
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
