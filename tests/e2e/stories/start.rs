//! /start: the gate, the menu, deep links, and people with strange names.

mod gate;
mod links;
mod living_message;
mod lost_sight;
mod membership;
mod names;
mod webhook;

/// The eight sections of the main menu, letter for letter and in their order (flows, 1.3).
pub const MENU: [&str; 8] = [
    "قسم الروليت",
    "قسم مسابقات التصويت",
    "مسابقة 'يستحق'",
    "قسم مسابقة الأسئلة",
    "إدارة المجموعات/القنوات المضافة",
    "إدارة الاشتراك",
    "إدارة سحوباتي ومسابقاتي",
    "كسب النقاط",
];
