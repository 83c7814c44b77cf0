/// Answers from an almanac bundle, for C and whatever calls C.
///
///     almanac_t *bundle;
///     almanac_session_t *session;
///     if (almanac_open("dev-faq.almanac", ALMANAC_OPEN_LAZY, &bundle, NULL) != ALMANAC_OK) …
///     if (almanac_session_new(bundle, &session) != ALMANAC_OK) …
///     almanac_request request = {.size = sizeof request, .text = question, .text_length = strlen(question)};
///     almanac_result result = {.size = sizeof result};
///     almanac_status status = almanac_query(session, &request, &result);
///     if (status == ALMANAC_OK && result.outcome == ALMANAC_HIT)
///         fwrite(result.answer.start, 1, result.answer.length, stdout);
///     almanac_session_free(session);
///     almanac_close(bundle);
///
/// The library keeps no global state, installs no signal handler, starts no thread, writes nothing and opens nothing
/// but the bundle. It needs no runtime library beside the C library. Whatever the bytes of a bundle are, a call
/// returns.
///
/// **Threads and processes.** An `almanac_t` may be used by all threads at once, and by processes forked after it was
/// opened; they share the memory that remembers which parts of the file have been checked. An `almanac_session_t`
/// serves one call at a time: give each thread its own, and make sessions after `fork`. A query takes no lock and
/// waits for nobody.
///
/// **Files.** Replace a bundle by renaming a new file over it and call `almanac_reload`; never write to one that is
/// open. Where others may write to or truncate it, open it with ALMANAC_OPEN_COPY: the kernel ends a process that
/// touches a mapped page beyond the end of a file.
///
/// **Versions.** Structs begin with their size, which the caller sets to `sizeof`, so that later versions can add
/// fields at the end: a struct from an earlier header is accepted and just lacks them, one from a later header is
/// accepted if what this version does not know is zero. Numbers of enumerations never change their meaning; new ones may come. All memory of a struct
/// that is not set must be zero, and zero always means "not given".
#ifndef ALMANAC_H
#define ALMANAC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The version of this header. The library's own is `almanac_version()`.
#define ALMANAC_VERSION "0.1.0"

/// The longest text of a request in bytes; a longer one gets ALMANAC_REASON_QUERY_TOO_LONG.
#define ALMANAC_MAXIMUM_TEXT 4096
/// The most suggestions in a result.
#define ALMANAC_MAXIMUM_SUGGESTIONS 3

/// The most bytes of a request's variables.
#define ALMANAC_MAXIMUM_VARIABLES 16384
/// The longest value of a variable in bytes.
#define ALMANAC_MAXIMUM_VALUE 4096

/// The longest name of an embedding model, its zero included.
#define ALMANAC_MAXIMUM_MODEL 256
/// One more than the greatest `almanac_reason`.
#define ALMANAC_REASON_COUNT 15
/// The number of steps of the latency histogram in `almanac_statistics`.
#define ALMANAC_LATENCY_STEPS 24
/// The expected share of hits where the bundle does not state one.
#define ALMANAC_UNKNOWN_SHARE UINT32_MAX
/// The most steps of `expected_scores` in `almanac_properties`.
#define ALMANAC_MAXIMUM_SCORE_STEPS 33

/// An open bundle, which `almanac_reload` replaces by a newer one while sessions go on asking.
typedef struct almanac almanac_t;

/// The working memory of one caller, a few hundred kilobytes.
typedef struct almanac_session almanac_session_t;

/// Whether a call did what it was asked. A query without an answer is not an error: see `almanac_outcome`.
typedef enum almanac_status {
    ALMANAC_OK = 0,
    /// A required pointer is null, a struct's size or a number is not one that this version knows. A mistake in the
    /// program.
    ALMANAC_INVALID_ARGUMENT = 1,
    /// The operating system refused the file; the detail is `errno`.
    ALMANAC_CANNOT_OPEN = 2,
    /// The file is not a bundle, or only the beginning of one.
    ALMANAC_NOT_A_BUNDLE = 3,
    /// A newer format; the detail is its major version. Update the library.
    ALMANAC_UNSUPPORTED_VERSION = 4,
    /// The bytes are not those that were published; the detail is the number of the 4 KiB chunk if one is known. Fetch
    /// the file again.
    ALMANAC_DAMAGED = 5,
    /// The bytes are those that were published, but no valid bundle. Compile it again.
    ALMANAC_MALFORMED = 6,
    /// The request's text is not UTF-8.
    ALMANAC_INVALID_UTF8 = 7,
    /// The request's vector does not have the bundle's number of components.
    ALMANAC_WRONG_VECTOR_LENGTH = 8,
    /// The request has neither text nor vector.
    ALMANAC_NOTHING_ASKED = 9,
    /// A signature is required, and the bundle has none.
    ALMANAC_UNSIGNED = 10,
    /// The bundle's signature is not one of this bundle by the required key; the detail is the identifier of the key that it
    /// names, if that is another.
    ALMANAC_WRONG_SIGNATURE = 11,
    /// The bundle's version is lower than is required, or than that of the current bundle; the detail is the version.
    ALMANAC_OLD_VERSION = 12,
    /// A layer was opened without its base, or over another bundle than the one it was compiled for.
    ALMANAC_OTHER_BASE = 13,
} almanac_status;

/// How a bundle is brought into memory.
typedef enum almanac_open_mode {
    /// Mapped; opening takes well under a millisecond, each 4 KiB chunk is checked when first used (about 3 µs).
    ALMANAC_OPEN_LAZY = 0,
    /// Mapped, and all of it checked now (about 1 s per GB).
    ALMANAC_OPEN_ALL = 1,
    /// Read into private memory and checked there, so that nothing done to the file later can matter.
    ALMANAC_OPEN_COPY = 2,
    /// Mapped, and what every query needs checked now: a few milliseconds, in which damage there is found.
    ALMANAC_OPEN_HOT = 3,
} almanac_open_mode;

/// How to open a bundle, and what it must show before anything in it is used; so must every bundle that replaces it.
typedef struct almanac_open_options {
    /// sizeof(almanac_open_options), set by the caller.
    size_t size;
    /// The path of the bundle. Required.
    const char *path;
    almanac_open_mode mode;
    uint32_t reserved;
    /// The minisign public key with which the bundle must be signed: the text of a .pub file, or its line of base64. Null:
    /// signatures are not looked at.
    const char *public_key;
    size_t public_key_length;
    /// The least version that is accepted; of a bundle with a layer, the layer's, which names its base. If it is not 0, or there
    /// is a key, no bundle is replaced by one of a lower version.
    uint64_t minimum_version;
    /// The path of a layer over the bundle: its entries replace those of the bundle by id, add to them and delete them. Null:
    /// none.
    const char *layer;
} almanac_open_options;

/// What became of a query.
typedef enum almanac_outcome {
    /// There is an answer.
    ALMANAC_HIT = 1,
    /// There is none that is certain enough; the reason says why. Ask a live model.
    ALMANAC_NEEDS_FALLBACK = 2,
} almanac_outcome;

/// How an answer was found.
typedef enum almanac_match {
    /// There is no answer.
    ALMANAC_MATCH_NONE = 0,
    /// The query is a stored question, apart from case, white space and closing punctuation.
    ALMANAC_MATCH_EXACT = 1,
    /// A stored question is near enough, and no other answer is.
    ALMANAC_MATCH_SEMANTIC = 2,
} almanac_match;

/// Why there is no answer.
typedef enum almanac_reason {
    /// There is one.
    ALMANAC_REASON_NONE = 0,
    /// Nothing stored is near enough.
    ALMANAC_REASON_NO_MATCH = 1,
    /// Two different answers are near, and nothing tells which is meant.
    ALMANAC_REASON_AMBIGUOUS = 2,
    /// A rule forbids an answer from a bundle.
    ALMANAC_REASON_GUARD = 3,
    /// The nearest stored question is one that must not be answered.
    ALMANAC_REASON_DISTRACTOR = 4,
    /// The query cannot be understood without what was said before.
    ALMANAC_REASON_NEEDS_CONTEXT = 5,
    /// The message holds more than one request.
    ALMANAC_REASON_SEVERAL_QUESTIONS = 6,
    /// What was found is valid for another scope.
    ALMANAC_REASON_SCOPE = 7,
    /// The answer's time, or the whole bundle's, has passed.
    ALMANAC_REASON_EXPIRED = 8,
    /// The answer's time has not come yet.
    ALMANAC_REASON_NOT_YET_VALID = 9,
    /// The answer needs a variable that the request does not give.
    ALMANAC_REASON_MISSING_VARIABLE = 10,
    /// The request's vector does not come from the bundle's embedding model.
    ALMANAC_REASON_ENCODER_MISMATCH = 11,
    /// The text is empty after normalisation.
    ALMANAC_REASON_EMPTY_QUERY = 12,
    /// The text is longer than ALMANAC_MAXIMUM_TEXT.
    ALMANAC_REASON_QUERY_TOO_LONG = 13,
    /// A damaged part of the file lies on the query's path.
    ALMANAC_REASON_DAMAGED = 14,
} almanac_reason;

/// A stretch of text: UTF-8, not ended by a zero byte. A length of zero: there is none; the pointer is not null then
/// either.
typedef struct almanac_text {
    const char *start;
    size_t length;
} almanac_text;

/// What an open bundle is.
typedef struct almanac_properties {
    /// sizeof(almanac_properties), set by the caller.
    size_t size;
    /// The version of the content, as its recipe states it.
    uint64_t version;
    /// The first second (since 1970) at which the whole bundle is no longer valid; INT64_MAX for never.
    int64_t expiry;
    uint64_t entry_count;
    /// The number of stored questions.
    uint64_t question_count;
    /// The number of components of a vector.
    uint64_t dimensions;
    /// The embedding model whose vectors a request may carry, ended by a zero byte.
    char vector_model[ALMANAC_MAXIMUM_MODEL];
    /// The share of requests that the compiler expects to be hits, in millionths; ALMANAC_UNKNOWN_SHARE if it could not
    /// tell.
    uint32_t expected_hits;
    /// The number of steps in which the compiler counts scores; 0 if it could not tell how they are spread.
    uint32_t score_step_count;
    /// The share of the scores of text requests that it expects in each step, in millionths. Those beyond the count are
    /// zero.
    uint32_t expected_scores[ALMANAC_MAXIMUM_SCORE_STEPS];
    uint32_t reserved;
} almanac_properties;

/// One question. All memory it points to stays the caller's and is only read, during the call.
typedef struct almanac_request {
    /// sizeof(almanac_request), set by the caller.
    size_t size;
    /// The question: UTF-8, need not end in a zero byte. May be null if there is a vector.
    const char *text;
    size_t text_length;
    /// The question as embedded by the bundle's own model, int8, at any positive scale. Null: the bundle embeds the
    /// text.
    const int8_t *vector;
    size_t vector_length;
    /// The model that made the vector, by the name in `almanac_properties`; any other is
    /// ALMANAC_REASON_ENCODER_MISMATCH.
    const char *vector_model;
    size_t vector_model_length;
    /// What the answer must be valid for, as "key\0value\0key\0value\0". Null: not said.
    const char *scope;
    size_t scope_length;
    /// The time at which the answer must be valid, in seconds since 1970. 0: now, by the system's clock.
    int64_t now;
    /// The number of the message in its conversation, from 1. 0: the first.
    uint32_t turn;
    /// The largest share of wrong answers among all requests, in millionths; it can only tighten the bundle's own. 0:
    /// the bundle's own. 1 is the strictest.
    uint32_t maximum_wrong;
    /// The values for the slots of answers, as "name\0value\0name\0value\0": UTF-8, at most
    /// ALMANAC_MAXIMUM_VARIABLES bytes, and ALMANAC_MAXIMUM_VALUE for each value. Null: none.
    const char *variables;
    size_t variables_length;
    /// The name of a prompt of the bundle: filled with the variables it takes the place of the text, and only a question
    /// equal to it is answered. Null: none. Text and vector must be null beside it.
    const char *prompt;
    size_t prompt_length;
} almanac_request;

/// A stored question that is near the query, for a person to choose from.
typedef struct almanac_suggestion {
    /// The id of its entry.
    almanac_text entry;
    almanac_text question;
    /// As in `almanac_result`.
    uint32_t confidence;
    uint32_t reserved;
} almanac_suggestion;

/// What became of a query. The caller owns the struct; the texts belong to the session and stay valid and unchanged
/// until its next call, whatever happens to the file.
typedef struct almanac_result {
    /// sizeof(almanac_result), set by the caller.
    size_t size;
    almanac_outcome outcome;
    almanac_reason reason;
    almanac_match match;
    /// One less the share of wrong answers measured at this score, in millionths; 0 without an answer.
    uint32_t confidence;
    /// The id of the entry that answers, or for ALMANAC_REASON_EXPIRED, NOT_YET_VALID and MISSING_VARIABLE would.
    almanac_text entry;
    /// The stored question that matched.
    almanac_text question;
    almanac_text answer;
    /// Where the answer comes from, if the bundle says.
    almanac_text source;
    /// The model tier recommended for a fallback, if the bundle says.
    almanac_text route;
    /// The number of suggestions; none with a hit.
    uint64_t suggestion_count;
    /// Best first. Those beyond the count are zero.
    almanac_suggestion suggestions[ALMANAC_MAXIMUM_SUGGESTIONS];
    /// The version of the bundle that decided.
    uint64_t bundle_version;
    /// How long the call took.
    uint64_t nanoseconds;
    /// Of a hit: what its answer cost when a model made it, if the bundle says, as a JSON object without white space whose
    /// members are all optional: {"model":"…","input_tokens":412,"output_tokens":38}.
    almanac_text usage;
    /// The step of `expected_scores` in `almanac_properties` in which the request's score lies, counted from 1. 0: it has
    /// none, has a vector, or the bundle expects none.
    uint32_t score_step;
    uint32_t reserved;
    /// For ALMANAC_REASON_MISSING_VARIABLE: the name of the variable.
    almanac_text variable;
} almanac_result;

/// What the sessions of one `almanac_t` have counted since it was opened, across reloads and freed sessions.
typedef struct almanac_statistics {
    /// sizeof(almanac_statistics), set by the caller.
    size_t size;
    /// The version of the current bundle.
    uint64_t bundle_version;
    uint64_t exact_hits;
    uint64_t semantic_hits;
    /// Fallbacks by `almanac_reason`; [ALMANAC_REASON_DAMAGED] counts the queries that met damage. [0] is zero.
    uint64_t fallbacks[ALMANAC_REASON_COUNT];
    /// Requests that were at fault.
    uint64_t errors;
    /// The time of all hits and fallbacks together.
    uint64_t nanoseconds;
    /// [i]: hits and fallbacks that took less than 2^(i+8) nanoseconds and are not counted before; the last: all slower
    /// ones.
    uint64_t latency[ALMANAC_LATENCY_STEPS];
    /// Reloads that succeeded, and those that left the old bundle serving.
    uint64_t reloads;
    uint64_t failed_reloads;
} almanac_statistics;

/// Opens the bundle at `path` and stores it in `*bundle`. Give it back with `almanac_close`.
///
/// On error `*bundle` is null, nothing stays open, and `*detail` is the number that `almanac_status` names, else 0.
/// `detail` may be null. The time does not depend on the number of questions (ALMANAC_OPEN_LAZY).
almanac_status almanac_open(const char *path, almanac_open_mode mode, almanac_t **bundle, uint64_t *detail);

/// As `almanac_open`, with a layer over the bundle or with what both must show. Fails also with ALMANAC_UNSIGNED,
/// ALMANAC_WRONG_SIGNATURE and ALMANAC_OLD_VERSION; with ALMANAC_OTHER_BASE if the layer was compiled for another bundle; with
/// ALMANAC_INVALID_ARGUMENT if `public_key` is none. A layer that is refused for any reason refuses both, since what it deletes
/// must not be answered. A signature costs about 0.2 ms.
almanac_status almanac_open_with(const almanac_open_options *options, almanac_t **bundle, uint64_t *detail);

/// Gives back a bundle. Its memory is freed when the last session on it is too. Not during another call on it but
/// those on its sessions. Null is ignored.
void almanac_close(almanac_t *bundle);

/// Opens the file at `path` and makes it the current bundle of `bundle`. Null for `path`: that of the current one. Its layer, if
/// it has one, is opened again over it.
///
/// Each session turns to the new bundle with its next query, for which it then allocates anew; a query that is under way
/// ends on the old one, which is unmapped when its last query has ended. On error the old bundle goes on serving, and
/// `*detail`, which may be null, is as for `almanac_open`. Any thread may call this at any time; of two calls at once
/// the one that ends last wins. What `almanac_open_options` required is required again. ALMANAC_OPEN_HOT is the mode to choose: the first queries then wait for no checks, and
/// damage in what all queries need refuses the new file. In a process forked later than `almanac_open` this replaces
/// the bundle of that process only.
almanac_status almanac_reload(almanac_t *bundle, const char *path, almanac_open_mode mode, uint64_t *detail);

/// `almanac_reload` with another layer. Null for `path`: that of the current bundle; null for `layer`: none.
almanac_status almanac_reload_layer(
    almanac_t *bundle, const char *path, const char *layer, almanac_open_mode mode, uint64_t *detail);

/// 1 if another file lies at the current bundle's path, or its layer's, than the one that was opened, or that `almanac_reload` refused:
/// time to reload. Else 0, also if there is no file. One call of `stat`; any thread may call this at any time.
int almanac_replaced(const almanac_t *bundle);

/// Fills in `*properties` of the current bundle; `size` must be set. Fails only with ALMANAC_INVALID_ARGUMENT. Any thread
/// may call this at any time.
almanac_status almanac_describe(const almanac_t *bundle, almanac_properties *properties);

/// Sums up what all sessions have counted; `size` must be set. Fails only with ALMANAC_INVALID_ARGUMENT. Any thread may call
/// this at any time; it disturbs no query. Processes count for themselves.
almanac_status almanac_stats(const almanac_t *bundle, almanac_statistics *statistics);

/// Makes a session on `bundle`, which it keeps open, and stores it in `*session`. Give it back with
/// `almanac_session_free`.
///
/// Fails only with ALMANAC_INVALID_ARGUMENT. This allocates; queries afterwards do not, unless a text is longer than
/// any before or the bundle was reloaded.
almanac_status almanac_session_new(const almanac_t *bundle, almanac_session_t **session);

/// Gives back a session and the texts of its last result. Not during a call on it. Null is ignored.
void almanac_session_free(almanac_session_t *session);

/// Answers `*request`, or says why not, in `*result`; both sizes must be set.
///
/// Returns ALMANAC_OK for a hit and for a fallback, damage in the bundle included (ALMANAC_REASON_DAMAGED). Otherwise
/// the request is at fault: ALMANAC_INVALID_ARGUMENT, _INVALID_UTF8, _WRONG_VECTOR_LENGTH, _NOTHING_ASKED; `*result` is
/// then zero but for its size. Takes microseconds.
almanac_status almanac_query(almanac_session_t *session, const almanac_request *request, almanac_result *result);

/// What a status means and what to do, in one English sentence without a full stop. Never null, never freed.
const char *almanac_status_text(almanac_status status);

/// The name of a reason in the reader protocol, such as "no-match"; "" for ALMANAC_REASON_NONE and unknown numbers.
/// Never null, never freed.
const char *almanac_reason_name(almanac_reason reason);

/// The version of the library, such as "0.1.0". Never null, never freed.
const char *almanac_version(void);

#ifdef __cplusplus
}
#endif

#endif
