-- Grow a COPY of the database that dataset.py filled by many cohorts, applications and revisions.
-- By default 9,000 cohorts, 100,000 applications and a million revisions more.
--     psql -f benchmarks/grow.sql COPY
--     psql -v cohorts=9 -v applications=100 -v versions=50 -f benchmarks/grow.sql COPY
\set ON_ERROR_STOP on
\if :{?cohorts} \else \set cohorts 9000 \endif
\if :{?applications} \else \set applications 100000 \endif
-- Revisions of the section whose history is measured.
\if :{?versions} \else \set versions 10000 \endif
\timing on
set synchronous_commit = off;

-- The measured draft: section s3 of the team with the short name Tischgespräche.
create temp table pick as
  select a.call_id, a.edition_id, c.uuid as cohort, d.uuid as draft, d.content
  from applications_application a
    join cohorts_team t on t.uuid = a.team_id
    join cohorts_cohort c on c.uuid = t.cohort_id
    join applications_draft d on d.application_id = a.uuid and d.key = 's3'
  where a.short_name = 'Tischgespräche' limit 1;

-- Cohorts of last year, like that team's, spread over the organisations of dataset.py.
create temp table new_cohort as select n, gen_random_uuid() as cohort from generate_series(1, :cohorts) n;
insert into cohorts_cohort
  select row.*
  from new_cohort, cohorts_cohort c, lateral jsonb_populate_record(c, jsonb_build_object(
    'uuid', new_cohort.cohort, 'slug', 'grow-' || new_cohort.n, 'title', 'Schmiede ' || new_cohort.n,
    'organiser_id', (select uuid from accounts_organisation where name = 'Träger ' || new_cohort.n % 8 || ' gGmbH'),
    'published_at', now() - interval '400 days', 'begins_on', current_date - 400, 'ends_on', current_date - 100,
    'registration_from', current_date - 500, 'registration_until', current_date - 450)) row
  where c.uuid = (select cohort from pick);
analyze new_cohort;

-- Teams of one person with an application each.
create temp table new_team as
  select g.n, gen_random_uuid() as organisation, gen_random_uuid() as team, gen_random_uuid() as application, new_cohort.cohort
  from generate_series(1, :applications) g(n) join new_cohort on new_cohort.n = 1 + g.n % :cohorts;
insert into accounts_organisation
  select row.*
  from new_team, accounts_organisation o, lateral jsonb_populate_record(o, jsonb_build_object(
    'uuid', new_team.organisation, 'name', 'Verein ' || new_team.n, 'short_name', 'Verein ' || new_team.n)) row
  where o.uuid = (select uuid from accounts_organisation where not runs_cohorts limit 1);
insert into cohorts_team (uuid, made_at, cohort_id, organisation_id)
  select team, now() - interval '400 days', cohort, organisation from new_team;
insert into cohorts_teammember (uuid, first_name, last_name, email, phone, role, team_id)
  select gen_random_uuid(), 'P', 'N' || n, 'g' || n || '@example.org', '', 'owner', team from new_team;
insert into applications_application
    (uuid, stage, status, title, short_name, theme_key, places, umbrella_body, started_at, call_id, edition_id, team_id)
  select application, 1, 'drafting', 'Vorhaben ' || n, 'V' || n, 'x', 'Halle', '', now() - interval '300 days',
    p.call_id, p.edition_id, team
  from new_team, pick p;

-- Six drafts for every application; of 82.5 % of them two revisions.
create temp table new_draft as
  select new_team.n, new_team.application, k, gen_random_uuid() as draft from new_team, generate_series(1, 6) k;
insert into applications_draft (uuid, key, kind, content, version, length, application_id, at)
  select new_draft.draft, 's' || k, 'text', p.content, 3, 1000, application, now() - interval '200 days'
  from new_draft, pick p;
insert into applications_revision (uuid, version, based_on, content, length, at, why, draft_id, is_kept, is_imported)
  select gen_random_uuid(), v, v - 1,
    jsonb_build_object('format', 1, 'text', repeat('Wir kochen zusammen im Hof. ', 12)), 336,
    now() - interval '200 days' + v * interval '1 hour', 'saved', draft, v = 2, false
  from new_draft, generate_series(1, 2) v where n <= :applications * 0.825;

-- A long history of the measured draft itself.
insert into applications_revision (uuid, version, based_on, content, length, at, why, draft_id, is_kept, is_imported)
  select gen_random_uuid(), 1000 + v, 999 + v,
    p.content || jsonb_build_object('text', repeat('Wir kochen zusammen im Hof. ', 40) || v), 1128,
    now() - interval '3 days' + v * interval '10 seconds', 'saved', p.draft, v % 10 = 0, false
  from pick p, generate_series(1, :versions) v;
update applications_draft set version = 1000 + :versions where uuid = (select draft from pick);

-- A review of section s3 of every application, given back.
create temp table new_review as select application, draft, gen_random_uuid() as review from new_draft where k = 3;
insert into applications_review (uuid, asked_at, taken_at, finished_at, summary, versions, application_id)
  select review, now() - interval '190 days', now() - interval '189 days', now() - interval '188 days', 'x', '{"s3": 2}', application
  from new_review;
insert into applications_reviewitem
    (uuid, verdict, draft_id, review_id, revision_id, is_repeated, rows_changed, words_gone, words_new, closed_at)
  select gen_random_uuid(), 'accepted', new_review.draft, new_review.review, r.uuid, false, 0, 0, 100,
    now() - interval '188 days'
  from new_review join applications_revision r on r.draft_id = new_review.draft and r.version = 2;

vacuum analyze;
select (select count(*) from applications_revision) as revisions,
  (select count(*) from applications_application) as applications,
  (select count(*) from applications_draft) as drafts,
  (select count(*) from cohorts_cohort) as cohorts,
  pg_size_pretty(pg_database_size(current_database())) as size;
