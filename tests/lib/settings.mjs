// Names of settings that tests turn, in one place.
export const setting = {
  codeLifetime: 'OAUTH_CODE_LIFETIME_SECONDS',
  accessLifetime: 'OAUTH_ACCESS_TOKEN_LIFETIME_SECONDS',
  refreshLifetime: 'OAUTH_REFRESH_TOKEN_LIFETIME_SECONDS',
  refreshGrace: 'OAUTH_REFRESH_GRACE_SECONDS',
};

const rateLimits = (value) => Object.fromEntries(['KEY', 'TOKEN', 'USER', 'CLIENT', 'ADDRESS'].map((kind) => [`GATEHOUSE_RATE_LIMIT_${kind}`, value]));

// Tests ask more often than people do. Those of the limits turn them on.
export const unlimited = rateLimits('off');
export const defaultLimits = rateLimits('');
