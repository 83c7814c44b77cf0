--- The digests and the signature check of OpenSSL's libcrypto, which nginx is linked with.

local ffi = require "ffi"

ffi.cdef [[
typedef struct evp_md_st EVP_MD;
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_pkey_st EVP_PKEY;
int EVP_Digest(const void *data, size_t count, unsigned char *md, unsigned int *size, const EVP_MD *type, void *engine);
const EVP_MD *EVP_sha256(void);
const EVP_MD *EVP_blake2b512(void);
EVP_MD_CTX *EVP_MD_CTX_new(void);
void EVP_MD_CTX_free(EVP_MD_CTX *context);
EVP_PKEY *EVP_PKEY_new_raw_public_key(int type, void *engine, const unsigned char *key, size_t length);
void EVP_PKEY_free(EVP_PKEY *key);
int EVP_DigestVerifyInit(EVP_MD_CTX *context, void *key_context, const EVP_MD *type, void *engine, EVP_PKEY *key);
int EVP_DigestVerify(EVP_MD_CTX *context, const unsigned char *signature, size_t signature_length,
                     const unsigned char *message, size_t message_length);
]]

local crypto = {}

-- The number of Ed25519 among OpenSSL's objects.
local ed25519 = 1087

local digest = ffi.new "unsigned char[64]"
local digest_length = ffi.new "unsigned int[1]"

local function digest_of(text, kind)
  if ffi.C.EVP_Digest(text, #text, digest, digest_length, kind, nil) ~= 1 then
    error "almanac: libcrypto cannot make a digest; check the installation of OpenSSL"
  end
  return ffi.string(digest, digest_length[0])
end

--- The 32 bytes of SHA-256.
function crypto.sha256(text) return digest_of(text, ffi.C.EVP_sha256()) end

--- The 64 bytes of BLAKE2b-512.
function crypto.blake2b512(text) return digest_of(text, ffi.C.EVP_blake2b512()) end

--- Whether `signature` (64 bytes) is that of `message` under the Ed25519 public key `key` (32 bytes).
function crypto.is_signed(message, signature, key)
  if #signature ~= 64 or #key ~= 32 then return false end
  local handle = ffi.C.EVP_PKEY_new_raw_public_key(ed25519, nil, key, #key)
  if handle == nil then return false end
  local context = ffi.C.EVP_MD_CTX_new()
  local valid = context ~= nil and ffi.C.EVP_DigestVerifyInit(context, nil, nil, nil, handle) == 1
    and ffi.C.EVP_DigestVerify(context, signature, #signature, message, #message) == 1
  if context ~= nil then ffi.C.EVP_MD_CTX_free(context) end
  ffi.C.EVP_PKEY_free(handle)
  return valid
end

return crypto
