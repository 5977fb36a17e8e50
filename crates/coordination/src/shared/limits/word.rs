//! The name of a limit in keys and messages.

use qura_domain::ids::ChatId;
use qura_ports::coordination::Limit;

/// Short, because there is a key for each group.
pub fn word(limit: &Limit) -> String {
    match limit {
        Limit::Chat(chat) => format!("c{chat}"),
        Limit::Interactive => "i".to_owned(),
        Limit::Broadcast => "b".to_owned(),
        Limit::Method(method) => format!("m{method}"),
    }
}

/// `None` for what another version of the program says.
pub fn limit(word: &str) -> Option<Limit> {
    match word.split_at_checked(1)? {
        ("c", chat) => Some(Limit::Chat(ChatId::new(chat.parse().ok()?))),
        ("i", "") => Some(Limit::Interactive),
        ("b", "") => Some(Limit::Broadcast),
        ("m", method) => Some(Limit::Method(method.to_owned().into())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        let chat = |id| Limit::Chat(ChatId::new(id));
        for kept in [chat(7), chat(-1_001), Limit::Interactive, Limit::Broadcast, Limit::Method("x".into())] {
            assert_eq!(limit(&word(&kept)), Some(kept));
        }
        for nonsense in ["", "c", "cx", "ii", "z", "é"] {
            assert_eq!(limit(nonsense), None);
        }
    }
}
