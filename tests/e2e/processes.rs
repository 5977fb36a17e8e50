//! Several processes share one bot.
