//! The columns of tables that are read in more than one statement, each list in one place: `columns!(tasks)` in a statement, or
//! `columns!(tasks, "t.")` if the table has an alias there. Readers take them in this order.

/// A list of columns as a text.
macro_rules! listed {
    ([] $first:ident $($rest:ident)*) => {
        concat!(stringify!($first) $(, ", ", stringify!($rest))*)
    };
    ([$prefix:literal] $first:ident $($rest:ident)*) => {
        concat!($prefix, stringify!($first) $(, ", ", $prefix, stringify!($rest))*)
    };
}

/// The columns of a table.
macro_rules! columns {
    (accounts $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id username email phone password_hash role active created_at updated_at anonymised_at version activated_at
            deactivated_at email_verified_at signed_in_at)
    };
    (api_keys $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id name shown scopes networks daily_cap spent created_at expires_at used_at used_from revoked_at)
    };
    (code_batches $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id account_id note created_at)
    };
    (codes $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id batch_id uses text created_at expires_at redeemed_by redeemed_at revoked_at)
    };
    (deliveries $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id channel recipient purpose carrier state tries detail subject text code link created_at updated_at)
    };
    (entries $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id wallet_id account_id asset sequence amount balance_before balance_after counterpart effect cause task_id
            attempt actor_id note created_at key_id hash address device)
    };
    (models $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id name description status url price parameters created_at updated_at)
    };
    (orders $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id account_id sort amount method_id channel return_url status trade remark actor_id address device created_at
            updated_at paid_at due_at checks)
    };
    (payment_methods $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id uuid name protocol config enabled created_at updated_at disabled_at)
    };
    (tasks $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id account_id kind state attempt run epoch deaths worker due_at deadline_at asset price progress step message
            error_code error_message created_at updated_at started_at ended_at output)
    };
    (templates $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id account_id name description content public created_at updated_at)
    };
    (wallets $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id account_id asset balance credit_limit consumed entries head alert_below)
    };
    (webhooks $(, $prefix:literal)?) => {
        listed!([$($prefix)?] id name url types low_money low_uses off off_at failing_since rests_until rolled_until created_at
            updated_at)
    };
}
