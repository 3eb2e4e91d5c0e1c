/**
 * Extensions that the official PostgreSQL image brings along: the server's own and those of contrib.
 * Source: PostgreSQL documentation, appendix F, "Additional Supplied Modules and Extensions".
 */
export const EXTENSIONS_OF_IMAGE: ReadonlySet<string> = new Set(
  (
    "amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw " +
    "fuzzystrmatch hstore insert_username intagg intarray isn lo ltree moddatetime pageinspect pg_buffercache " +
    "pg_freespacemap pg_prewarm pg_stat_statements pg_surgery pg_trgm pg_visibility pg_walinspect pgcrypto pgrowlocks " +
    "pgstattuple plpgsql postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent " +
    "uuid-ossp xml2"
  ).split(" "),
);
