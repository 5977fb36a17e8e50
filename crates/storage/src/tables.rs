//! One repository a table, each in its own file.

pub mod alerts;
pub mod audit;
pub mod challenges;
pub mod channels;
pub mod draw_openings;
pub mod draw_receipts;
pub mod draw_secrets;
pub mod draws;
pub mod jobs;
pub mod join_requests;
pub mod limited_acts;
pub mod lotteries;
pub mod lottery_conditions;
pub mod lottery_counters;
pub mod lottery_participants;
pub mod lottery_winners;
pub mod membership_events;
pub mod outbox;
pub mod schedules;
pub mod sessions;
pub mod settings;
pub mod updates;
pub mod user_channels;
pub mod users;

/// Declares a repository: a struct over the connection it was reached by.
macro_rules! repository {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<'a> {
            conn: $crate::connection::Conn<'a>,
        }

        impl<'a> $name<'a> {
            pub(crate) fn on(conn: $crate::connection::Conn<'a>) -> Self {
                Self { conn }
            }
        }
    };
}

pub(crate) use repository;
