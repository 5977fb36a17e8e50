//! Lotteries, from the organizer's wizard to the post and what people do with it.

mod sharing;
