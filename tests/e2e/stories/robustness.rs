//! What must not harm anybody: strange updates, Telegram's bad days, people who block, crowds, crashes.

mod blocked;
mod crash;
mod crowd;
mod flooding;
mod half_said;
mod join_storm;
mod later_notices;
mod mutated_updates;
mod redelivery;
mod slow_press;
mod stopping;
mod strange_updates;
mod telegram_trouble;
