/** Our own tables beside better-auth's, in the same file. */
export const OWN_TABLES = `
create table if not exists "siteFact" ("name" text primary key, "value" text not null) without rowid;
create table if not exists "emergencyCode" (
  "digest" text primary key, "userId" text not null references "user" ("id") on delete cascade, "usedAt" integer
) without rowid;
create index if not exists "emergencyCode_user" on "emergencyCode" ("userId");
create table if not exists "invitation" (
  "digest" text primary key, "userId" text not null references "user" ("id") on delete cascade, "untilAt" integer not null
) without rowid;
create index if not exists "invitation_user" on "invitation" ("userId");
`;

const PERSON = `select u."id", u."username" as "account", u."name" as "displayName", u."role", u."language",
  coalesce(u."isDisabled", 0) as "isDisabled", coalesce(u."isFromDirectory", 0) as "isFromDirectory",
  coalesce(u."twoFactorEnabled", 0) as "hasTotp", u."seenAt",
  (select count(*) from "passkey" p where p."userId" = u."id") as "passkeys",
  (select count(*) from "emergencyCode" e where e."userId" = u."id" and e."usedAt" is null) as "emergencyCodes"
  from "user" u`;

const SESSION = `select s."id", s."token", s."userId", s."how", s."isLocked", s."beganAt", s."seenAt", s."ipAddress" as "address",
  s."userAgent" as "agent", u."username" as "account", u."role" from "session" s join "user" u on u."id" = s."userId"`;

// Whoever can come in without anybody's help.
const HAS_WAY = `(coalesce(u."isFromDirectory", 0) = 1 or coalesce(u."twoFactorEnabled", 0) = 1
  or exists (select 1 from "passkey" p where p."userId" = u."id"))`;

/** Every statement of the sign-in, by what it is for. */
export const SQL = {
  personById: `${PERSON} where u."id" = ?`,
  personByAccount: `${PERSON} where u."username" = ?`,
  people: `${PERSON} order by u."username" limit 2000`,
  countPeople: 'select count(*) as "count" from "user"',
  administrators: `select u."id" from "user" u where u."role" = 'administrator' and coalesce(u."isDisabled", 0) = 0 and ${HAS_WAY}`,
  unfinished: `select u."id" from "user" u where u."role" = 'administrator' and not ${HAS_WAY}`,
  changePerson: 'update "user" set "role" = ?, "isDisabled" = ?, "name" = ?, "updatedAt" = ? where "id" = ?',
  setLanguage: 'update "user" set "language" = ? where "id" = ?',
  personSeen: 'update "user" set "seenAt" = ? where "id" = ?',
  orphans: `delete from "user" where coalesce("isFromDirectory", 0) = 1
    and not exists (select 1 from "account" a where a."userId" = "user"."id")`,

  sessionByToken: `${SESSION} where s."token" = ?`,
  sessionById: `${SESSION} where s."id" = ?`,
  sessionsOfAll: `${SESSION} where s."how" <> 'pending' order by s."seenAt" desc limit 2000`,
  sessionsOf: `${SESSION} where s."userId" = ? and s."how" <> 'pending' order by s."seenAt" desc limit 2000`,
  sessionSeen: 'update "session" set "seenAt" = ? where "id" = ?',
  lockSession: 'update "session" set "isLocked" = 1 where "id" = ?',
  endSession: 'delete from "session" where "id" = ?',

  addCode: 'insert into "emergencyCode" ("digest", "userId") values (?, ?)',
  useCode: 'update "emergencyCode" set "usedAt" = ? where "digest" = ? and "userId" = ? and "usedAt" is null',
  forgetCodes: 'delete from "emergencyCode" where "userId" = ?',

  addInvitation: 'insert into "invitation" ("digest", "userId", "untilAt") values (?, ?, ?)',
  takeInvitation: 'delete from "invitation" where "digest" = ? returning "userId", "untilAt"',
  forgetInvitations: 'delete from "invitation" where "userId" = ?',
  oldInvitations: 'delete from "invitation" where "untilAt" < ?',
  oldVerifications: 'delete from "verification" where "expiresAt" < ?',

  forgetPasskeys: 'delete from "passkey" where "userId" = ?',
  forgetTotp: 'delete from "twoFactor" where "userId" = ?',
  totpOff: 'update "user" set "twoFactorEnabled" = 0 where "id" = ?',
  forgetPassword: `delete from "account" where "userId" = ? and "providerId" = 'credential'`,
  forgetAccounts: 'delete from "account" where "userId" = ?',
  forgetPerson: 'delete from "user" where "id" = ?',
  hasPassword: `select 1 as "one" from "account" where "userId" = ? and "providerId" = 'credential'`,

  fact: 'select "value" from "siteFact" where "name" = ?',
  keepFact:
    'insert into "siteFact" ("name", "value") values (?, ?) on conflict ("name") do update set "value" = excluded."value"',
} as const;
