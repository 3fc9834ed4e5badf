"""Conversation by receipt, entering for somebody else, feedback, erasing by the author."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0011_doors'),
        ('orgs', '0006_terms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('read', 'It was read'), ('outcome', 'Something came of it')], max_length=10, verbose_name='step')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
            ],
            options={
                'verbose_name': 'feedback to a reporter',
                'verbose_name_plural': 'feedback to reporters',
                'ordering': ('-created_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='ProxyEntry',
            fields=[
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='proxy', serialize=False, to='incidents.report', verbose_name='report')),
                ('way', models.CharField(choices=[('call', 'Phone call'), ('visit', 'They came in person'), ('radio', 'Call to a radio station'), ('letter', 'Letter'), ('whatsapp', 'WhatsApp or another messenger'), ('meeting', 'Said at a meeting'), ('program', 'Sent on by a program'), ('other', 'Another way')], max_length=10, verbose_name='how the person came to us')),
                ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='entered')),
            ],
            options={
                'verbose_name': 'report entered for somebody',
                'verbose_name_plural': 'reports entered for somebody',
                'ordering': ('-entered_at',),
            },
        ),
        migrations.CreateModel(
            name='WordToReporter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='text')),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='written')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='seen by the reporter')),
            ],
            options={
                'verbose_name': 'word to the reporter',
                'verbose_name_plural': 'words to the reporters',
                'ordering': ('written_at', 'id'),
            },
        ),
        migrations.AddField(
            model_name='addition',
            name='read_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='read at the desk'),
        ),
        migrations.AddField(
            model_name='report',
            name='erased_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='erased by its author'),
        ),
        migrations.AddField(
            model_name='report',
            name='request_key',
            field=models.CharField(blank=True, editable=False, help_text='Hash of the very request, at doors that must tell a retry from other content.', max_length=64),
        ),
        migrations.AddField(
            model_name='report',
            name='wants_feedback',
            field=models.BooleanField(default=True, help_text='Without it nothing is ever sent to the reporter.', verbose_name='wants to be told'),
        ),
        migrations.AlterField(
            model_name='report',
            name='reject_reason',
            field=models.CharField(blank=True, choices=[('duplicate', 'The same person said the same thing before'), ('unfounded', 'Checked: it did not happen'), ('unclear', 'Not enough to act on'), ('outside', 'Not about peace or safety'), ('abuse', 'Insult, advertising or test'), ('erased', 'Erased by its author')], max_length=12, verbose_name='set aside because'),
        ),
        migrations.AddIndex(
            model_name='addition',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['report'], name='addition_unread'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at', None), models.Q(('harmed', {}), ('narrative', ''), ('place_text', ''), ('reject_note', '')), _connector='OR'), name='report_erased_is_empty'),
        ),
        migrations.AddField(
            model_name='feedback',
            name='message',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='orgs.message', verbose_name='message'),
        ),
        migrations.AddField(
            model_name='feedback',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='incidents.report', verbose_name='report'),
        ),
        migrations.AddField(
            model_name='proxyentry',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AddField(
            model_name='wordtoreporter',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='incidents.report', verbose_name='report'),
        ),
        migrations.AddField(
            model_name='wordtoreporter',
            name='written_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.UniqueConstraint(fields=('report', 'step'), name='feedback_once_a_step'),
        ),
        migrations.AddConstraint(
            model_name='wordtoreporter',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='word_to_reporter_says_something'),
        ),
        # What was added before this mark existed is not new to anybody.
        migrations.RunSQL("UPDATE incidents_addition SET read_at = received_at", migrations.RunSQL.noop),
    ]
