//! How well the rules find who is in a story, with a name or without: precision and recall on labelled texts of ten kinds. The first five were looked at
//! while the rules were tuned, the last five were kept aside. The test prints both.

use ports::film::Language;
use storyboard::{rules::names, text};

/// A kind of text, who is in it, and the text.
const TEXTS: &[(&str, &[&str], &str)] = &[
    (
        "乡土",
        &["我", "母亲", "闰土", "宏儿", "水生", "杨二嫂"],
        "我回到老家，母亲让闰土明天来。宏儿跑出来，问道：“闰土叔是谁？”母亲说：“他是我们家的老朋友。”第二天闰土来了，带着他的儿子水生。闰土说：“这是第五个孩子，叫水生。”水生躲在父亲背后。宏儿拉着水生出去玩了。杨二嫂走进来，叫道：“哎呀，长这么高了！”杨二嫂说着，把一副手套塞进了裤腰。",
    ),
    (
        "武侠",
        &["萧远山庄", "沈孤舟", "陆青"],
        "江湖上人人都知道沈孤舟的剑。这一夜，沈孤舟走进客栈，陆青已经等在那里。陆青笑道：“沈兄，你来晚了。”沈孤舟冷冷地说：“剑不等人。”两人拔剑，烛火一晃。陆青退了三步，叹道：“我输了。”沈孤舟转身离去，雪落在他的肩上。",
    ),
    (
        "科幻",
        &["林晚", "老陈", "赵启明"],
        "空间站的警报响了。林晚推开舱门，看见老陈正盯着屏幕。老陈喊道：“氧气在泄漏！”林晚问：“还有多久？”老陈摇头。船长赵启明走进来，说：“所有人去逃生舱。”林晚却坐下来，开始修理阀门。赵启明看着林晚，沉默了很久。",
    ),
    (
        "English mystery",
        &["Inspector Hale", "Mrs. Dobbs", "Arthur"],
        "Mrs. Dobbs opened the door before anyone knocked. \"He is in the library,\" said Mrs. Dobbs. Hale took off his hat. \"Did Arthur see him last night?\" asked Hale. Arthur turned pale. \"I saw nobody,\" Arthur replied. Hale looked at the broken window and smiled. Mrs. Dobbs began to cry.",
    ),
    (
        "童话",
        &["小狐狸阿橘", "阿橘", "猫头鹰"],
        "森林里住着一只小狐狸，名叫阿橘。阿橘没有朋友，每天看着月亮。一天夜里，一只猫头鹰飞来，问道：“你为什么不睡？”阿橘说：“我在等星星掉下来。”猫头鹰笑了。阿橘跑上山坡，天亮的时候，阿橘睡着了。",
    ),
    (
        "都市",
        &["许安", "程屿"],
        "下班的时候下起了雨。许安站在写字楼门口，没有带伞。程屿把伞递给她，说：“一起走吧。”许安笑了笑，问：“你不是走另一个方向吗？”程屿挠头，说：“今天想绕路。”他们走过天桥，许安忽然停下来。程屿也停了下来。",
    ),
    (
        "古典",
        &["宝玉", "黛玉", "袭人"],
        "黛玉正在窗下看书，宝玉掀帘子进来。宝玉笑道：“妹妹看什么书？”黛玉忙把书藏了，说：“不过是《大学》。”宝玉伸手来抢，袭人在外头叫道：“老太太叫二爷呢。”宝玉只得去了。黛玉望着窗外的竹子，叹了一口气。",
    ),
    (
        "校园",
        &["周小雨", "何老师", "王浩"],
        "上课铃响了，何老师走进教室。何老师问：“谁来读课文？”王浩举起手，又放下了。周小雨站起来，轻轻地说：“我来。”她读得很慢，王浩听得入了神。下课后，王浩对周小雨说：“你读得真好。”周小雨红了脸，跑出了教室。",
    ),
    (
        "English fantasy",
        &["Mira", "Old Bran", "Tomas"],
        "The river was frozen when Mira found the boat. \"Leave it,\" said Tomas. Mira shook her head and climbed in. Old Bran watched them from the bank. \"It belonged to your mother,\" Old Bran called. Tomas stopped laughing. Mira lifted the oar, and the ice began to sing. Tomas held her hand.",
    ),
    (
        "历史",
        &["曹操", "周瑜", "黄盖"],
        "曹操立于船头，望着江南。周瑜在帐中问道：“何人愿往？”黄盖答道：“某愿往。”周瑜大喜。是夜东风起，黄盖领火船直冲曹营。曹操大惊，急忙上马。黄盖在船上大喝一声，火光照亮了江面。周瑜拔剑，命三军齐进。",
    ),
];

/// Labels that only explain another one and are not counted.
const NOT_COUNTED: &[&str] = &["萧远山庄", "小狐狸阿橘"];

#[derive(Default)]
struct Score {
    right: usize,
    wrong: Vec<String>,
    missed: Vec<String>,
}

impl Score {
    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong.len()).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed.len()).max(1) as f64
    }
}

fn score(texts: &[(&str, &[&str], &str)]) -> Score {
    let mut score = Score::default();
    for (kind, labels, story) in texts {
        let text = text::normalise(story);
        let found = names::find(&text, text::language(&text));
        let same = |label: &str, name: &str| label == name || label.ends_with(name) || name.ends_with(label);
        for character in &found {
            let known = labels.iter().any(|label| same(label, &character.name) || character.aliases.iter().any(|alias| same(label, alias)));
            if known { score.right += 1 } else { score.wrong.push(format!("{kind}: {}", character.name)) }
        }
        for label in labels.iter().filter(|label| !NOT_COUNTED.contains(label)) {
            if !found.iter().any(|character| same(label, &character.name) || character.aliases.iter().any(|alias| same(label, alias))) {
                score.missed.push(format!("{kind}: {label}"));
            }
        }
    }
    score
}

#[test]
fn names_are_found_with_precision_and_recall() {
    let (tuned, aside) = TEXTS.split_at(5);
    for (set, texts) in [("tuned", tuned), ("kept aside", aside), ("all", TEXTS)] {
        let score = score(texts);
        println!(
            "{set}: precision {:.2}, recall {:.2}, wrong {:?}, missed {:?}",
            score.precision(),
            score.recall(),
            score.wrong,
            score.missed
        );
        assert!(score.precision() >= 0.9, "{set}: precision {:.2}, wrong {:?}", score.precision(), score.wrong);
        assert!(score.recall() >= 0.6, "{set}: recall {:.2}, missed {:?}", score.recall(), score.missed);
    }
}

#[test]
fn ordinary_prose_has_nobody_in_it() {
    for story in [
        "高山之上，白云悠悠。江水东流，黄昏的阳光照在石桥上。",
        "The rain fell on London all Monday. Nobody walked in the street. Christmas was near.",
    ] {
        let text = text::normalise(story);
        let language: Language = text::language(&text);
        let found: Vec<String> = names::find(&text, language).into_iter().map(|character| character.name).collect();
        assert!(found.is_empty(), "{found:?}");
    }
}
