// Names of settings that tests turn, in one place.
export const setting = {
  codeLifetime: 'OAUTH_CODE_LIFETIME_SECONDS',
  accessLifetime: 'OAUTH_ACCESS_TOKEN_LIFETIME_SECONDS',
  refreshLifetime: 'OAUTH_REFRESH_TOKEN_LIFETIME_SECONDS',
  refreshGrace: 'OAUTH_REFRESH_GRACE_SECONDS',
};
