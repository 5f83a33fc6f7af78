// The API reference: Swagger UI, with API keys and with OAuth as this server has it.
'use strict';
(() => {
  const place = document.getElementById('reference');
  const { origin, clientId, documentUrl, returnUrl } = place.dataset;

  // Dark when the rest of Gatehouse is.
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', paint);
  paint();

  document.getElementById('elsewhere').hidden = location.origin === origin;

  // The answer to a sign-in comes over a channel of this origin, from reference_return.js: windows on the way may have cut the
  // tie to the one that opened them (Cross-Origin-Opener-Policy).
  const channel = new BroadcastChannel('gatehouse-api-reference');
  let waiting = null;

  const failed = (flow, message) => flow.errCb({ authId: flow.auth.name, source: 'auth', level: 'error', message });

  channel.addEventListener('message', ({ data }) => {
    if (!waiting || data.answer?.state !== waiting.state)
      return; // another tab's
    const flow = waiting, { code, iss, error, error_description } = data.answer;
    waiting = null;
    channel.postMessage({ taken: flow.state });
    if (iss !== origin) // RFC 9207 §2.4
      failed(flow, `The answer is not from ${origin}`);
    else if (code)
      flow.callback({ auth: { ...flow.auth, code }, redirectUrl: flow.redirectUrl });
    else
      failed(flow, error_description || error || 'The answer has no code');
  });

  const randomState = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

  // Swagger UI's own state is the time of day, and its window is expected to reach back for its opener.
  const signIn = () => (url, flow) => {
    const state = randomState(), address = new URL(url, location.href);
    address.searchParams.set('state', state);
    waiting = { ...flow, state };
    window.open(address);
  };

  const ui = SwaggerUIBundle({
    domNode: place,
    url: documentUrl,
    oauth2RedirectUrl: returnUrl,
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [{ statePlugins: { auth: { wrapActions: { authPopup: signIn } } } }],
    validatorUrl: null, // nothing is asked of other servers
    deepLinking: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0,
  });
  ui.initOAuth({ clientId, usePkceWithAuthorizationCodeGrant: true, scopes: 'IDENTITY' });
})();
