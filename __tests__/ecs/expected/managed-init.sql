-- Roles, databases, grants and extensions of the app, by the master user of a managed PostgreSQL. Safe to repeat.
\set ON_ERROR_STOP on
\set QUIET on

SELECT 'CREATE ROLE "rex" LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rex') \gexec
SELECT rolsuper OR rolreplication OR rolbypassrls AS has_too_much FROM pg_roles WHERE rolname = 'rex' \gset
\if :has_too_much
  DO $do$ BEGIN RAISE EXCEPTION 'a superuser gave the role rex rights that reach beyond the app: take them back, then run this again'; END $do$;
\endif
SELECT 'ALTER ROLE "rex" NOCREATEDB NOCREATEROLE' FROM pg_roles
 WHERE rolname = 'rex' AND (rolcreatedb OR rolcreaterole) \gexec
SELECT 'GRANT "rex" TO CURRENT_USER' WHERE NOT pg_has_role(CURRENT_USER, 'rex', 'USAGE') \gexec

SELECT 'CREATE ROLE "supertokens" LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'supertokens') \gexec
SELECT rolsuper OR rolreplication OR rolbypassrls AS has_too_much FROM pg_roles WHERE rolname = 'supertokens' \gset
\if :has_too_much
  DO $do$ BEGIN RAISE EXCEPTION 'a superuser gave the role supertokens rights that reach beyond the app: take them back, then run this again'; END $do$;
\endif
SELECT 'ALTER ROLE "supertokens" NOCREATEDB NOCREATEROLE' FROM pg_roles
 WHERE rolname = 'supertokens' AND (rolcreatedb OR rolcreaterole) \gexec
SELECT 'GRANT "supertokens" TO CURRENT_USER' WHERE NOT pg_has_role(CURRENT_USER, 'supertokens', 'USAGE') \gexec

SELECT 'CREATE DATABASE "rex_backend" OWNER "rex"'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'rex_backend') \gexec
SELECT 'ALTER DATABASE "rex_backend" OWNER TO "rex"' FROM pg_database
 WHERE datname = 'rex_backend' AND datdba <> '"rex"'::regrole \gexec
SELECT 'CREATE DATABASE "supertokens" OWNER "supertokens"'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'supertokens') \gexec
SELECT 'ALTER DATABASE "supertokens" OWNER TO "supertokens"' FROM pg_database
 WHERE datname = 'supertokens' AND datdba <> '"supertokens"'::regrole \gexec

-- Nobody but owners connects anywhere. What belongs to the service itself stays as it is.
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', datname) FROM pg_database
 WHERE datname IN ('rex_backend', 'supertokens', 'postgres', 'template1') AND pg_has_role(CURRENT_USER, datdba, 'USAGE')
   AND (has_database_privilege('public', oid, 'CONNECT') OR has_database_privilege('public', oid, 'TEMPORARY')) \gexec

\connect "rex_backend"
SELECT format('CREATE EXTENSION %I CASCADE', wanted) FROM unnest(ARRAY['postgis']) AS wanted
 WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = wanted) \gexec
