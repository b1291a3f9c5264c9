//! When a story is set, as far as pictures care: from words that belong to one time alone.

use ports::film::{Language, Period};

/// Words of each period, in Chinese and English (lower case).
const WORDS: &[(Period, &[&str])] = &[
    (
        Period::Ancient,
        &[
            "皇上",
            "陛下",
            "皇帝",
            "丞相",
            "将军",
            "公子",
            "娘子",
            "太监",
            "江湖",
            "武林",
            "剑",
            "朝廷",
            "银两",
            "衙门",
            "状元",
            "轿",
            "客栈",
            "宝玉",
            "黛玉",
            "悟空",
            "八戒",
            "师父",
            "和尚",
            "道士",
            "员外",
            "菩萨",
            "县令",
            "书生",
            "丫鬟",
            "兵马",
            "城池",
            "王爷",
            "修仙",
            "灵气",
            "宗门",
            "丹药",
            "侠",
            "府中",
            "大侠",
            "妖怪",
            "曹操",
            "诸葛",
            "大王",
            "寡人",
            "铜钱",
            "dynasty",
            "mandarin",
            "pagoda",
            "concubine",
            "emperor",
            "samurai",
        ],
    ),
    (
        Period::Republican,
        &[
            "长衫",
            "马褂",
            "旗袍",
            "毡帽",
            "辫子",
            "黄包车",
            "洋车",
            "民国",
            "革命",
            "学堂",
            "铜元",
            "大洋",
            "租界",
            "巡警",
            "茴香豆",
            "鲁镇",
            "阿q",
            "闰土",
            "孔乙己",
            "祥林嫂",
            "四婶",
            "四叔",
            "乡绅",
            "军阀",
            "银元",
            "煤油灯",
            "rickshaw",
        ],
    ),
    (
        Period::Victorian,
        &[
            "伦敦",
            "爵士",
            "绅士",
            "福尔摩斯",
            "华生",
            "公爵",
            "伯爵",
            "庄园",
            "礼帽",
            "壁炉",
            "女仆",
            "贵妇",
            "london",
            "carriage",
            "gentleman",
            "gentlemen",
            "parlour",
            "parlor",
            "waistcoat",
            "hansom",
            "telegram",
            "governess",
            "bonnet",
            "housemaid",
            "lord ",
            "mrs.",
            "holmes",
            "watson",
            "candle",
            "manor",
            "fireplace",
            "bachelor",
            "whilst",
            "lantern",
            "coachman",
            "squire",
        ],
    ),
    (
        Period::Fantasy,
        &[
            "魔法",
            "巫师",
            "精灵",
            "王国",
            "骑士",
            "城堡",
            "勇者",
            "魔王",
            "巨龙",
            "魔杖",
            "wizard",
            "witch",
            "magic",
            "spell",
            "castle",
            "elf",
            "elves",
            "kingdom",
            "knight",
            "throne",
            "dragon",
            "sorcerer",
            "enchanted",
            "goblin",
            "dwarf",
            "dwarves",
        ],
    ),
    (
        Period::Modern,
        &[
            "手机",
            "电脑",
            "公司",
            "地铁",
            "电话",
            "汽车",
            "火车",
            "飞船",
            "机器人",
            "咖啡",
            "办公室",
            "医院",
            "网络",
            "屏幕",
            "高铁",
            "实验室",
            "电梯",
            "微信",
            "出租车",
            "公交",
            "飞机",
            "超市",
            "电视",
            "收音机",
            "phone",
            "computer",
            "office",
            "car",
            "robot",
            "screen",
            "internet",
            "spaceship",
            "radio",
            "electric",
            "television",
            "airport",
            "taxi",
            "laptop",
        ],
    ),
    (
        Period::School,
        &[
            "教室",
            "同学",
            "课堂",
            "操场",
            "班主任",
            "校服",
            "放学",
            "上课",
            "下课",
            "考试",
            "作业",
            "校园",
            "高考",
            "班长",
            "同桌",
            "classroom",
            "homework",
            "classmate",
            "schoolyard",
            "blackboard",
        ],
    ),
];

/// When a text is set; the words of one time must be more than those of any other.
pub(super) fn period(text: &str) -> Period {
    let lower = text.to_lowercase();
    let chinese = crate::text::language(text) == Language::Chinese;
    let count = |list: &[&str]| list.iter().filter(|word| found(&lower, word)).count();
    let mut best = (Period::Timeless, 0);
    for (period, list) in WORDS {
        let score = count(list);
        // What a few words say of today cannot be meant otherwise; lanterns and swords are still about.
        let enough = match period {
            Period::Modern => 1,
            Period::Fantasy | Period::Victorian if chinese => 3,
            Period::Ancient | Period::Republican | Period::Fantasy | Period::Victorian | Period::School => 2,
            Period::Timeless => usize::MAX,
        };
        if score >= enough && score > best.1 {
            best = (*period, score);
        }
    }
    best.0
}

/// Whether a word is there: English ones from their beginning on.
fn found(text: &str, word: &str) -> bool {
    if !word.is_ascii() || word.chars().next().is_none_or(|c| !c.is_alphabetic()) {
        return text.contains(word);
    }
    text.match_indices(word).any(|(at, _)| {
        let after = text[at + word.len()..].chars().next();
        !text[..at].chars().next_back().is_some_and(char::is_alphanumeric)
            && (word.ends_with([' ', '.']) || after.is_none_or(|c| !c.is_alphabetic() || c == 's'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_when_a_story_is_set() {
        for (text, expected) in [
            ("皇上坐在殿上，丞相上前奏道：“陛下，边关告急。”", Period::Ancient),
            ("孔乙己是站着喝酒而穿长衫的唯一的人。他说：“温两碗酒，要一碟茴香豆。”", Period::Republican),
            ("他拿起手机，走进地铁。", Period::Modern),
            ("上课铃响了，同学们走进教室，班主任站在讲台上。", Period::School),
            ("A gentleman stepped down from the carriage; London lay in fog.", Period::Victorian),
            ("The wizard lifted his staff and the dragon fled from the castle.", Period::Fantasy),
            ("从前有一只小兔子，住在森林里。", Period::Timeless),
            ("The scarf was carved.", Period::Timeless),
        ] {
            assert_eq!(period(text), expected, "{text}");
        }
    }
}
