-- What wrk sends: wrk … -s bench/load.lua URL -- KIND FOLDER [ROUND]
--
-- KIND     plain: the URL, over and over · introspect · me · key · blocks · refresh · code · login
-- FOLDER   what bench_seed wrote: client, access, refresh, keys, sessions
-- ROUND    the refresh tokens of which third to use, 1 to 3: what a round has spent, the next one must not
--
-- A request is one string that is made beforehand wherever it can be: the generator shares the machine with the server.
-- Every answer that is not a 200 counts as a failure. The last line is "RESULT {…}", for measure.py.

local ACCESS_TOKENS, REFRESH_TOKENS, PEOPLE = 10000, 10000, 64
local CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" -- RFC 7636, appendix B
local VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
local REDIRECT_URI = "http://localhost:9876/callback"

failures, grants = 0, 0 -- read by done(), through thread:get()

local threads = {}

function setup(thread)
   threads[#threads + 1] = thread
end

local function lines(folder, name, first, count)
   local file, list, n = assert(io.open(folder .. "/" .. name)), {}, 0
   for line in file:lines() do
      n = n + 1
      if n >= first then list[#list + 1] = line end
      if #list == count then break end
   end
   file:close()
   return list
end

local function base64(text)
   local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
   local out = {}
   for i = 1, #text, 3 do
      local a, b, c = text:byte(i, i + 2)
      local n = a * 65536 + (b or 0) * 256 + (c or 0)
      for k = 3, 0, -1 do
         local digit = math.floor(n / 64 ^ k) % 64 + 1
         out[#out + 1] = digits:sub(digit, digit)
      end
      if not c then out[#out] = "=" end
      if not b then out[#out - 1] = "=" end
   end
   return table.concat(out)
end

local function escape(text)
   return (text:gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", c:byte()) end))
end

local function post(path, kind, headers, body)
   headers["Content-Type"] = kind
   return wrk.format("POST", path, headers, body)
end

local function form(folder, path, body)
   local client = lines(folder, "client", 1, 2)
   return post(path, "application/x-www-form-urlencoded",
      { Authorization = "Basic " .. base64(client[1] .. ":" .. client[2]) }, body)
end

-- Requests that differ only in a token: all tokens of a kind are of one length.
local function template(request, placeholder)
   local from, to = request:find(placeholder, 1, true)
   return request:sub(1, from - 1), request:sub(to + 1)
end

local function in_turn(requests)
   local at = 0
   return function()
      at = at % #requests + 1
      return requests[at]
   end
end

local function check(status)
   if status ~= 200 then failures = failures + 1 end
   return status == 200
end

local kinds = {}

function kinds.plain() end

function kinds.introspect(folder)
   local requests, tokens = {}, lines(folder, "access", 1, ACCESS_TOKENS)
   local before, after = template(form(folder, "/api/oauth/introspect", "token=" .. tokens[1]), tokens[1])
   for i, token in ipairs(tokens) do
      requests[i] = before .. token .. after
   end
   request = in_turn(requests)
end

local function get_with(folder, file, path, header, prefix, headers)
   local requests = {}
   for i, secret in ipairs(lines(folder, file, 1, ACCESS_TOKENS)) do
      headers[header] = prefix .. secret
      requests[i] = wrk.format("GET", path, headers)
   end
   request = in_turn(requests)
end

function kinds.me(folder) get_with(folder, "access", "/external-api/v1/me", "Authorization", "Bearer ", {}) end
function kinds.key(folder) get_with(folder, "keys", "/external-api/v1/me", "X-API-Key", "", {}) end
function kinds.blocks(folder) get_with(folder, "keys", "/external-api/v1/blocks", "X-API-Key", "", { ["Accept-Encoding"] = "gzip" }) end

-- A queue of tokens: the oldest is spent next, its successor goes to the end. So each chain goes on for as long as the
-- run lasts, and no token is used twice.
function kinds.refresh(folder, round)
   local tokens = lines(folder, "refresh", (round - 1) * REFRESH_TOKENS + 1, REFRESH_TOKENS)
   local first, last = 1, #tokens
   local before, after = template(form(folder, "/api/oauth/token", "grant_type=refresh_token&refresh_token=" .. tokens[1]),
      tokens[1])
   request = function()
      local token = tokens[first]
      tokens[first] = nil
      first = first + 1
      return before .. token .. after
   end
   response = function(status, _, body)
      if check(status) then
         grants = grants + 1
         last = last + 1
         tokens[last] = body:match('"refresh_token":"([^"]+)"')
      end
   end
end

-- A person's yes by the JSON door, then the code's exchange: two requests a grant.
function kinds.code(folder)
   local client, yes, codes = lines(folder, "client", 1, 2), {}, {}
   local body = string.format('{"response_type":"code","client_id":"%s","redirect_uri":"%s","scopes":["IDENTITY"],' ..
      '"state":"bench","code_challenge":"%s","code_challenge_method":"S256"}', client[1], REDIRECT_URI, CHALLENGE)
   for i, session in ipairs(lines(folder, "sessions", 1, PEOPLE)) do
      yes[i] = post("/api/oauth/authorize", "application/json", { Cookie = "gatehouse=" .. session }, body)
   end
   local placeholder = ("x"):rep(43)
   local before, after = template(form(folder, "/api/oauth/token", "grant_type=authorization_code&redirect_uri=" ..
      escape(REDIRECT_URI) .. "&code_verifier=" .. VERIFIER .. "&code=" .. placeholder), placeholder)
   local next_yes = in_turn(yes)
   request = function()
      local code = table.remove(codes)
      return code and before .. code .. after or next_yes()
   end
   response = function(status, _, answer)
      if not check(status) then return end
      local code = answer:match("[?&]code=([%w_%-]+)")
      if code then codes[#codes + 1] = code else grants = grants + 1 end
   end
end

function kinds.login()
   local requests = {}
   for i = 0, PEOPLE - 1 do
      requests[i + 1] = post("/api/auth/login", "application/json", {},
         string.format('{"email":"bench-%d@example.org","password":"correct horse bench staple"}', i))
   end
   request = in_turn(requests)
end

function init(args)
   kinds[args[1]](args[2], tonumber(args[3] or 1))
end

function done(summary, latency)
   local failed, granted = 0, 0
   for _, thread in ipairs(threads) do
      failed = failed + thread:get("failures")
      granted = granted + thread:get("grants")
   end
   local errors = summary.errors
   print(string.format('RESULT {"requests":%d,"seconds":%.6f,"not_200":%d,"errors":%d,"grants":%d,"p50_us":%d,"p99_us":%d}',
      summary.requests, summary.duration / 1e6, math.max(failed, errors.status),
      errors.connect + errors.read + errors.write + errors.timeout, granted,
      latency:percentile(50), latency:percentile(99)))
end
