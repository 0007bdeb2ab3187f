//! What goes wrong, in words worth searching for.

/// One way to fail.
pub struct Failure {
    /// HTTP status it is answered with.
    pub status: u16,
    /// A few words: the tail of an event's title.
    pub title: &'static str,
    /// A sentence: the event's message and its `error_message`.
    pub message: &'static str,
}

const fn failure(status: u16, title: &'static str, message: &'static str) -> Failure {
    Failure { status, title, message }
}

/// Ways in which any service fails: at least one for each status that is drawn.
pub(super) const COMMON: &[Failure] = &[
    failure(400, "Malformed request", "The request body is not valid JSON"),
    failure(400, "Missing field", "The required field 'id' is missing"),
    failure(401, "Session expired", "The access token expired; sign in again"),
    failure(401, "Invalid token", "The signature of the access token does not match"),
    failure(
        403,
        "Permission denied",
        "The caller lacks the role that this resource needs",
    ),
    failure(404, "Not found", "No record matches the given identifier"),
    failure(
        409,
        "Version conflict",
        "The record was changed by someone else in the meantime",
    ),
    failure(
        409,
        "Duplicate request",
        "A request with the same idempotency key is in progress",
    ),
    failure(
        422,
        "Validation failed",
        "The value of 'quantity' must be greater than zero",
    ),
    failure(
        429,
        "Rate limit exceeded",
        "Too many requests from this client; try again in 30 seconds",
    ),
    failure(
        500,
        "Unhandled exception",
        "NullPointerException while serialising the response",
    ),
    failure(
        500,
        "Database deadlock",
        "Deadlock found when trying to get a lock; transaction rolled back",
    ),
    failure(
        500,
        "Out of memory",
        "The worker was killed after it used more memory than its limit",
    ),
    failure(
        502,
        "Bad gateway",
        "The upstream closed the connection before it sent a response",
    ),
    failure(
        503,
        "Connection pool exhausted",
        "Timed out waiting for a database connection from the pool",
    ),
    failure(
        503,
        "Service overloaded",
        "The request was shed because the queue is full",
    ),
    failure(504, "Upstream timeout", "The upstream did not answer within 30 seconds"),
];

/// Ways in which signing in fails.
pub(super) const AUTH: &[Failure] = &[
    failure(
        401,
        "Invalid credentials",
        "The e-mail address or the password is wrong",
    ),
    failure(
        401,
        "Second factor rejected",
        "The one-time code is wrong or was used before",
    ),
    failure(
        403,
        "Account locked",
        "The account is locked after five failed attempts",
    ),
    failure(
        409,
        "E-mail already registered",
        "An account with this e-mail address exists",
    ),
    failure(
        422,
        "Password too weak",
        "The password appears in a list of leaked passwords",
    ),
];

/// Ways in which paying fails.
pub(super) const PAYMENT: &[Failure] = &[
    failure(400, "Unknown currency", "The currency is not enabled for this merchant"),
    failure(
        403,
        "Fraud suspected",
        "The risk score is above the limit; manual review is needed",
    ),
    failure(409, "Already captured", "The payment was captured before"),
    failure(422, "Card declined", "The issuing bank declined the card"),
    failure(422, "Card expired", "The card is past its expiry date"),
    failure(422, "Insufficient funds", "The account does not cover the amount"),
    failure(502, "Bank unreachable", "The acquiring bank refused the connection"),
    failure(
        504,
        "Bank timeout",
        "The issuing bank did not answer the authorisation in time",
    ),
];

/// Ways in which accounts fail.
pub(super) const USER: &[Failure] = &[
    failure(
        404,
        "User not found",
        "No user has this identifier, or the account was deleted",
    ),
    failure(422, "Avatar too large", "The picture is larger than 5 MB"),
];

/// Ways in which the shop window fails.
pub(super) const PRODUCT: &[Failure] = &[
    failure(404, "Product not found", "The product was withdrawn from the catalogue"),
    failure(500, "Price list missing", "No price list is active for this region"),
    failure(
        503,
        "Cache stampede",
        "The catalogue cache expired and the rebuild is rate limited",
    ),
];

/// Ways in which ordering fails.
pub(super) const ORDER: &[Failure] = &[
    failure(404, "Order not found", "No order has this number"),
    failure(
        409,
        "Out of stock",
        "The last item was sold while the order was being placed",
    ),
    failure(422, "Address undeliverable", "The carrier does not serve this postcode"),
    failure(
        504,
        "Carrier timeout",
        "The carrier's tracking interface did not answer in time",
    ),
];

/// Ways in which telling people fails.
pub(super) const NOTIFICATION: &[Failure] = &[
    failure(
        400,
        "Template error",
        "The message template names a variable that was not given",
    ),
    failure(
        422,
        "Mailbox full",
        "The recipient's mail server answered 552: mailbox full",
    ),
    failure(
        429,
        "Text message quota used up",
        "The provider's daily quota of text messages is used up",
    ),
    failure(
        502,
        "Mail server refused",
        "The mail relay answered 421: service not available",
    ),
];

/// Ways in which counting fails.
pub(super) const ANALYTICS: &[Failure] = &[
    failure(400, "Range too long", "A report covers at most 90 days"),
    failure(500, "Export failed", "No space left on device while writing the export"),
    failure(504, "Query timeout", "The aggregation was cancelled after 30 seconds"),
];

/// Ways in which searching fails.
pub(super) const SEARCH: &[Failure] = &[
    failure(
        400,
        "Query syntax error",
        "Unbalanced quotation mark in the search expression",
    ),
    failure(
        503,
        "Index rebuilding",
        "The search index is being rebuilt; results are unavailable",
    ),
    failure(504, "Shard timeout", "Two of five shards did not answer in time"),
];

/// `error_details.error_type` for a status.
#[must_use]
pub(super) const fn error_type(status: u16) -> &'static str {
    match status {
        400 | 422 => "ValidationError",
        401 | 403 => "AuthenticationError",
        404 => "NotFoundError",
        409 => "ConflictError",
        429 => "RateLimitError",
        _ => "ServerError",
    }
}
