//! What somebody is by trade or rank, from the words of their name and looks.

use ports::film::Character;

/// A trade or a rank that can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// An emperor or a king.
    Ruler,
    /// An empress, a queen or a princess.
    Consort,
    /// A minister, a magistrate.
    Official,
    /// A general, a knight.
    Knight,
    /// A soldier, a guard.
    Soldier,
    /// A Buddhist monk or nun.
    Monk,
    /// A Taoist, a wizard, a witch.
    Wizard,
    /// A priest, a nun of a church.
    Priest,
    /// A scholar, a teacher.
    Scholar,
    /// A pupil, a student.
    Pupil,
    /// A doctor.
    Doctor,
    /// A nurse.
    Nurse,
    /// A policeman.
    Police,
    /// A maid, a servant.
    Servant,
    /// A farmer, a fisherman.
    Farmer,
    /// A merchant, a landlord, a gentleman of means.
    Rich,
    /// A worker, a craftsman.
    Worker,
    /// A waiter, a cook.
    Cook,
    /// A beggar.
    Beggar,
    /// A manager, a clerk.
    Clerk,
}

/// The first row of which a word is found decides.
const WORDS: &[(Role, &[&str])] = &[
    (Role::Ruler, &["皇帝", "皇上", "陛下", "国王", "大王", "天子", "玉帝", "汗王", "king", "emperor", "tsar", "sultan"]),
    (Role::Consort, &["皇后", "太后", "王后", "女王", "公主", "娘娘", "贵妃", "王母", "queen", "princess", "empress", "duchess"]),
    (Role::Monk, &["和尚", "僧", "方丈", "尼姑", "师太", "法师", "唐三藏", "唐僧", "八戒", "沙弥", "罗汉", "monk"]),
    (Role::Wizard, &["道士", "道人", "道长", "真人", "巫师", "巫婆", "女巫", "法术", "仙翁", "wizard", "witch", "sorcerer", "mage"]),
    (Role::Priest, &["神父", "牧师", "修女", "主教", "priest", "father brown", "vicar", "bishop", "friar"]),
    (Role::Knight, &["将军", "元帅", "都督", "大将", "骑士", "general", "knight", "captain", "marshal"]),
    (Role::Soldier, &["士兵", "官兵", "卫兵", "侍卫", "校尉", "小兵", "兵卒", "守卫", "禁军", "soldier", "guard", "sergeant"]),
    (
        Role::Official,
        &["丞相", "宰相", "大臣", "大人", "知县", "县令", "太守", "尚书", "太监", "公公", "判官", "知府", "minister", "chancellor"],
    ),
    (Role::Doctor, &["医生", "大夫", "郎中", "医师", "doctor", "dr.", "dr ", "physician", "surgeon"]),
    (Role::Nurse, &["护士", "nurse"]),
    (Role::Police, &["警察", "警官", "民警", "探长", "捕快", "捕头", "policeman", "constable", "inspector", "officer"]),
    (
        Role::Servant,
        &["丫鬟", "丫头", "侍女", "仆人", "女仆", "管家", "长工", "书童", "婢", "老妈子", "maid", "servant", "butler", "footman"],
    ),
    (Role::Pupil, &["学生", "同学", "学童", "班长", "pupil", "student", "schoolboy", "schoolgirl"]),
    (
        Role::Scholar,
        &[
            "先生",
            "书生",
            "秀才",
            "举人",
            "老师",
            "教授",
            "夫子",
            "孔乙己",
            "校长",
            "学者",
            "诗人",
            "teacher",
            "professor",
            "scholar",
            "master ",
        ],
    ),
    (Role::Cook, &["掌柜", "店小二", "小二", "伙计", "厨子", "厨师", "酒保", "cook", "waiter", "baker", "innkeeper"]),
    (Role::Farmer, &["农夫", "农民", "渔夫", "渔翁", "樵夫", "老农", "牧童", "猎人", "farmer", "fisherman", "shepherd", "hunter", "闰土"]),
    (Role::Beggar, &["乞丐", "叫花", "流浪", "beggar", "tramp"]),
    (
        Role::Rich,
        &[
            "老爷", "少爷", "太太", "员外", "财主", "公子", "小姐", "夫人", "地主", "商人", "sir ", "lord", "lady", "count ", "merchant",
            "baron",
        ],
    ),
    (Role::Worker, &["工人", "师傅", "木匠", "铁匠", "司机", "车夫", "船夫", "worker", "driver", "smith", "carpenter", "sailor"]),
    (Role::Clerk, &["经理", "老板", "总监", "秘书", "律师", "记者", "主任", "manager", "boss", "lawyer", "clerk", "secretary"]),
];

/// What somebody is, where their name, another of their names or their looks say so.
pub(super) fn role(character: &Character) -> Option<Role> {
    let names = std::iter::once(&character.name).chain(&character.aliases).chain(std::iter::once(&character.looks));
    let text = names.map(|name| name.to_lowercase() + " ").collect::<String>();
    let begins = |word: &str| {
        text.match_indices(word).any(|(at, _)| !word.is_ascii() || !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
    };
    WORDS.iter().find(|(_, words)| words.iter().any(|word| begins(word))).map(|(role, _)| *role)
}
