// The tables of an AutoGPT Platform's database that are read from it.
export const PLATFORM_TABLES = `
CREATE SCHEMA platform;
CREATE TYPE platform."APIKeyPermission" AS ENUM ('IDENTITY', 'EXECUTE_GRAPH', 'READ_GRAPH', 'WRITE_GRAPH', 'EXECUTE_BLOCK', 'READ_BLOCK',
  'READ_STORE', 'WRITE_LIBRARY', 'USE_TOOLS', 'MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'DELETE_INTEGRATIONS', 'UNHEARD_OF');
CREATE TYPE platform."APIKeyStatus" AS ENUM ('ACTIVE', 'REVOKED', 'SUSPENDED');
CREATE TABLE platform."User" (id text PRIMARY KEY, email text NOT NULL UNIQUE, name text, timezone text NOT NULL DEFAULT 'not-set',
  "createdAt" timestamp(3) NOT NULL DEFAULT now(), "updatedAt" timestamp(3) NOT NULL DEFAULT now());
CREATE TABLE platform."APIKey" (id text PRIMARY KEY, "createdAt" timestamp(3) NOT NULL DEFAULT now(), "updatedAt" timestamp(3) NOT NULL DEFAULT now(),
  name text NOT NULL, head text NOT NULL, tail text NOT NULL, hash text NOT NULL UNIQUE, salt text, status platform."APIKeyStatus" NOT NULL DEFAULT 'ACTIVE',
  permissions platform."APIKeyPermission"[], "lastUsedAt" timestamp(3), "revokedAt" timestamp(3), description text, "userId" text NOT NULL);
CREATE TABLE platform."OAuthApplication" (id text PRIMARY KEY, "createdAt" timestamp(3) NOT NULL DEFAULT now(), "updatedAt" timestamp(3) NOT NULL DEFAULT now(),
  name text NOT NULL, description text, "logoUrl" text, "clientId" text NOT NULL UNIQUE, "clientSecret" text NOT NULL, "clientSecretSalt" text,
  "redirectUris" text[], "grantTypes" text[], scopes platform."APIKeyPermission"[], "ownerId" text NOT NULL, "isActive" boolean NOT NULL DEFAULT true);
CREATE TABLE platform."OAuthAccessToken" (id text PRIMARY KEY, token text NOT NULL UNIQUE, "createdAt" timestamp(3) NOT NULL DEFAULT now(),
  "expiresAt" timestamp(3) NOT NULL, "applicationId" text NOT NULL, "userId" text NOT NULL, scopes platform."APIKeyPermission"[], "revokedAt" timestamp(3));
CREATE TABLE platform."OAuthRefreshToken" (LIKE platform."OAuthAccessToken" INCLUDING ALL);`;
