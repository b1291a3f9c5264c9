//! The words the rules know. Data only; what is done with them stands in the modules beside this one.

use ports::film::{Mood, Place, Prop, TimeOfDay, Weather};

/// Entries with the words that mean them, in Chinese and English (lower case).
pub(super) type Table<T> = [(T, &'static [&'static str])];

pub(super) const PLACES: &Table<Place> = &[
    (Place::Home, &["房间", "屋里", "屋内", "屋子", "家里", "家中", "客厅", "卧室", "厨房", "床上", "床边", "窗前", "老屋", "堂屋", "书房", "灯下", "炕", "桌旁", "bedroom", "kitchen", "room", "living room", "parlour", "parlor", "house", "at home", "cottage", "attic", "fireplace"]),
    (Place::Courtyard, &["院子", "庭院", "院里", "院中", "天井", "门外", "门口", "阶前", "courtyard", "yard", "porch", "doorstep"]),
    (Place::Village, &["村", "故乡", "乡下", "乡间", "茅屋", "村口", "village", "hamlet"]),
    (Place::Street, &["街", "巷", "胡同", "市集", "集市", "镇上", "鲁镇", "street", "alley", "lane", "market", "town"]),
    (Place::City, &["城市", "高楼", "大厦", "都市", "霓虹", "地铁", "写字楼下", "城里", "天台", "city", "skyscraper", "downtown", "rooftop", "subway"]),
    (Place::School, &["学校", "教室", "课堂", "讲台", "操场", "私塾", "同学", "school", "classroom", "lecture"]),
    (Place::Office, &["办公室", "公司", "会议室", "工位", "实验室", "控制室", "office", "meeting room", "laboratory", "control room", "workshop"]),
    (Place::Hospital, &["医院", "病房", "病床", "手术室", "诊所", "hospital", "clinic", "ward", "infirmary"]),
    (Place::Shop, &["酒店", "酒楼", "客栈", "茶馆", "饭馆", "咖啡馆", "店里", "柜台", "酒馆", "小店", "商店", "shop", "store", "inn", "tavern", "bakery", "cafe", "café", "counter", "bookshop"]),
    (Place::Palace, &["皇宫", "宫殿", "大殿", "宫中", "殿上", "府中", "王府", "朝堂", "palace", "throne", "castle", "great hall"]),
    (Place::Temple, &["寺", "庙", "道观", "佛堂", "塔下", "temple", "shrine", "monastery", "church", "chapel"]),
    (Place::Library, &["图书馆", "书架", "藏书阁", "书店", "档案室", "library", "bookshelves", "archive"]),
    (Place::Station, &["车站", "火车站", "站台", "月台", "候车", "车厢", "火车上", "station", "platform", "train", "carriage"]),
    (Place::Field, &["田", "麦地", "沙地", "瓜地", "稻", "庄稼", "西瓜地", "草原", "field", "fields", "meadow", "farm", "prairie", "pasture"]),
    (Place::Garden, &["花园", "百草园", "园子", "桃林", "竹林", "公园", "葡萄架", "garden", "orchard", "park", "greenhouse"]),
    (Place::Road, &["路上", "大路", "小路", "路旁", "路边", "官道", "途中", "马车", "road", "path", "highway", "trail"]),
    (Place::Forest, &["森林", "树林", "林中", "林子", "密林", "树下", "forest", "woods", "jungle", "among the trees"]),
    (Place::Mountain, &["山上", "山顶", "山路", "山坡", "山谷", "悬崖", "山中", "峰", "上山", "山洞口", "mountain", "hill", "hills", "cliff", "valley", "peak", "ridge"]),
    (Place::River, &["河", "江", "溪", "渡口", "岸边", "river", "stream", "creek", "brook", "riverbank"]),
    (Place::Lake, &["湖", "池塘", "荷塘", "水塘", "lake", "pond"]),
    (Place::Sea, &["海边", "大海", "海面", "海上", "沙滩", "海浪", "海岸", "港口", "灯塔", "sea", "beach", "shore", "ocean", "harbour", "harbor", "lighthouse", "waves"]),
    (Place::Boat, &["船上", "船里", "船舱", "船头", "甲板", "船篷", "登上船", "上了船", "boat", "ship", "deck", "ferry"]),
    (Place::Bridge, &["桥上", "桥头", "石桥", "断桥", "桥边", "bridge"]),
    (Place::Desert, &["沙漠", "戈壁", "大漠", "黄沙", "火星", "desert", "dunes", "mars"]),
    (Place::Battlefield, &["战场", "军营", "阵前", "城下", "军中", "帐中", "城墙", "大营", "battlefield", "battle", "camp", "rampart"]),
    (Place::Cave, &["山洞", "洞中", "洞里", "洞穴", "地道", "水帘洞", "cave", "cavern", "tunnel"]),
    (Place::Space, &["太空", "飞船", "星舰", "宇宙", "空间站", "轨道", "月球", "spaceship", "spacecraft", "orbit", "space station", "starship", "airlock"]),
];

pub(super) const TIMES: &Table<TimeOfDay> = &[
    (TimeOfDay::Dawn, &["清晨", "早晨", "黎明", "拂晓", "天亮", "破晓", "凌晨", "日出", "一大早", "早上", "晨光", "dawn", "sunrise", "daybreak", "early morning", "morning"]),
    (TimeOfDay::Day, &["中午", "正午", "白天", "晌午", "下午", "上午", "阳光", "烈日", "晴空", "noon", "midday", "afternoon", "daylight", "sunshine", "sunlight"]),
    (TimeOfDay::Dusk, &["黄昏", "傍晚", "夕阳", "日落", "暮色", "晚霞", "落日", "天色渐晚", "dusk", "sunset", "twilight", "evening"]),
    (TimeOfDay::Night, &["夜", "月光", "月亮", "圆月", "明月", "星空", "星星", "晚上", "三更", "灯光", "night", "midnight", "moon", "moonlight", "stars", "starlight"]),
];

pub(super) const WEATHERS: &Table<Weather> = &[
    (Weather::Clear, &["晴", "晴朗", "放晴", "雨停", "雪停", "雾散", "stopped raining", "snow had stopped", "rain had stopped", "clear blue sky", "万里无云", "阳光明媚", "碧空", "蓝天", "clear sky", "sunny", "cloudless", "blue sky"]),
    (Weather::Cloudy, &["阴天", "阴晦", "乌云", "阴沉", "苍黄的天", "云层", "cloudy", "overcast", "clouds", "grey sky"]),
    (Weather::Rain, &["下雨", "雨", "细雨", "雨点", "雨水", "淋湿", "rain", "raining", "drizzle", "raindrops"]),
    (Weather::Storm, &["雷", "闪电", "暴雨", "狂风", "暴风", "storm", "thunder", "lightning", "gale"]),
    (Weather::Snow, &["雪", "寒冬", "冰天", "snow", "snowing", "blizzard", "snowflakes"]),
    (Weather::Fog, &["雾", "烟雨", "朦胧的水汽", "fog", "mist", "haze"]),
    (Weather::Wind, &["冷风", "大风", "风吹", "秋风", "北风", "寒风", "风声", "落叶", "wind", "breeze", "windy"]),
];

pub(super) const MOODS: &Table<Mood> = &[
    (Mood::Happy, &["高兴", "笑", "欢喜", "快乐", "开心", "兴奋", "欢呼", "喜悦", "happy", "laughed", "laugh", "smiled", "smile", "joy", "delighted", "cheered"]),
    (Mood::Sad, &["悲", "哭", "泪", "伤心", "难过", "凄凉", "悲凉", "叹", "寂寞", "孤独", "萧索", "sad", "wept", "cried", "tears", "lonely", "sorrow", "sighed", "grief"]),
    (Mood::Tense, &["紧张", "追", "逃", "冲", "危险", "警报", "突然", "急忙", "刺去", "屏住", "tense", "ran", "chase", "danger", "suddenly", "alarm", "hurried", "warning"]),
    (Mood::Angry, &["怒", "愤", "骂", "大喝", "吼", "生气", "喝道", "angry", "furious", "shouted", "rage", "roared"]),
    (Mood::Afraid, &["怕", "恐惧", "害怕", "惊恐", "颤抖", "寒噤", "吃惊", "afraid", "fear", "scared", "terrified", "trembled", "shivered"]),
    (Mood::Tender, &["温柔", "轻轻", "拥抱", "思念", "爱", "牵着", "依偎", "gently", "love", "tender", "embrace", "held her hand", "kissed", "softly"]),
    (Mood::Mysterious, &["神秘", "诡异", "奇怪", "秘密", "幽暗", "传说", "mysterious", "strange", "secret", "ghost", "legend", "whisper"]),
];

pub(super) const PROPS: &Table<Prop> = &[
    (Prop::Moon, &["圆月", "月亮", "明月", "moon"]), (Prop::Sun, &["太阳", "朝阳", "夕阳", "红日", "the sun"]), (Prop::Lamp, &["油灯", "台灯", "路灯", "lamp"]),
    (Prop::Letter, &["信", "来信", "信封", "letter", "envelope"]), (Prop::Book, &["书本", "一本书", "课本", "日记", "book", "notebook", "diary"]),
    (Prop::Sword, &["剑", "长剑", "宝刀", "金箍棒", "sword", "blade"]), (Prop::Flower, &["花朵", "鲜花", "花瓣", "野花", "一朵花", "玫瑰", "梅花", "flower", "rose", "petals"]),
    (Prop::Tree, &["大树", "老树", "槐树", "枣树", "old tree", "oak"]), (Prop::Bird, &["鸟", "乌鸦", "燕子", "雀", "鹤", "bird", "crow", "swallow", "gull", "crane", "owl"]),
    (Prop::Cat, &["猫", "cat", "kitten"]), (Prop::Dog, &["狗", "小狗", "犬", "dog", "puppy"]), (Prop::Horse, &["马匹", "白马", "骏马", "horse"]),
    (Prop::Fish, &["鱼", "鲤鱼", "fish"]), (Prop::Boat, &["小船", "乌篷船", "boat", "sail"]), (Prop::Cup, &["茶杯", "酒杯", "杯子", "cup", "mug"]),
    (Prop::Bowl, &["碗", "bowl"]), (Prop::Bread, &["馒头", "面包", "bread", "loaf"]), (Prop::Apple, &["苹果", "apple"]), (Prop::Watermelon, &["西瓜", "watermelon"]),
    (Prop::Fork, &["钢叉", "fork"]), (Prop::Key, &["钥匙", "key"]), (Prop::Door, &["大门", "推开门", "房门", "door", "gate"]), (Prop::Window, &["窗户", "窗外", "window"]),
    (Prop::Clock, &["时钟", "钟表", "怀表", "闹钟", "clock", "watch"]), (Prop::Phone, &["手机", "电话", "phone", "telephone"]), (Prop::Train, &["火车", "列车", "高铁", "train"]),
    (Prop::Car, &["汽车", "轿车", "出租车", "car", "taxi"]), (Prop::Bicycle, &["自行车", "单车", "bicycle"]), (Prop::Umbrella, &["雨伞", "伞", "umbrella"]),
    (Prop::Hat, &["毡帽", "帽子", "hat", "cap"]), (Prop::Ring, &["戒指", "ring"]), (Prop::Necklace, &["项圈", "项链", "银项圈", "necklace", "pendant"]),
    (Prop::Coin, &["铜钱", "铜板", "硬币", "大钱", "coin", "coins"]), (Prop::Box, &["箱子", "盒子", "木箱", "box", "chest"]), (Prop::Bag, &["书包", "包袱", "行李", "bag", "suitcase", "backpack"]),
    (Prop::Candle, &["蜡烛", "烛火", "candle"]), (Prop::Fire, &["火堆", "篝火", "火焰", "炉火", "fire", "flame", "flames"]), (Prop::Star, &["星星", "流星", "star", "stars"]),
    (Prop::Cloud, &["白云", "云朵", "cloud"]), (Prop::Snowflake, &["雪花", "snowflake"]), (Prop::Leaf, &["落叶", "树叶", "枫叶", "leaf", "leaves"]),
    (Prop::Mountain, &["雪山", "远山", "火山", "volcano"]), (Prop::Bridge, &["石桥", "断桥", "bridge"]), (Prop::Lantern, &["灯笼", "花灯", "lantern"]), (Prop::Kite, &["风筝", "kite"]),
    (Prop::Drum, &["鼓", "drum"]), (Prop::Flute, &["笛子", "箫", "flute"]), (Prop::Qin, &["古琴", "琴声", "琵琶", "violin", "piano"]), (Prop::Brush, &["毛笔", "笔", "brush", "pen"]),
    (Prop::Scroll, &["卷轴", "圣旨", "画卷", "scroll"]), (Prop::Map, &["地图", "map"]), (Prop::Bottle, &["瓶子", "酒壶", "葫芦", "bottle"]), (Prop::Medicine, &["药", "药方", "medicine", "pill"]),
    (Prop::Knife, &["匕首", "菜刀", "knife", "dagger"]), (Prop::Bow, &["弓箭", "长弓", "bow and arrow", "arrow"]), (Prop::Flag, &["旗", "战旗", "flag", "banner"]), (Prop::Crown, &["皇冠", "王冠", "crown"]),
    (Prop::Mask, &["面具", "mask"]), (Prop::Mirror, &["镜子", "铜镜", "mirror"]), (Prop::Doll, &["娃娃", "木偶", "doll", "puppet"]), (Prop::Ball, &["皮球", "篮球", "足球", "ball"]),
];

pub(super) const NEGATIONS: &[&str] = &["没有", "不是", "没", "不", "无", "并非", "no ", "not "];

pub(super) const MEMORY: &[&str] = &["忽然闪出", "想起", "记得", "回忆", "那时", "从前", "当年", "小时候", "梦见", "梦里", "remembered", "recalled", "years ago", "dreamt", "dreamed", "in the dream", "as a child"];
pub(super) const AWAKE: &[&str] = &["醒来", "回过神", "现在", "如今", "眼前", "第二天", "woke", "now", "the next day", "back in"];

pub(super) const HE: &[&str] = &["他", " he ", " his ", " him "];
pub(super) const SHE: &[&str] = &["她", " she ", " her "];

pub(super) const SPEECH: &[&str] = &["说道", "笑道", "问道", "答道", "喊道", "叫道", "喝道", "叹道", "怒道", "哭道", "冷笑", "回答", "说", "道", "问", "喊", "叫", "答", "嚷", "骂", "劝", "吩咐", "念"];
pub(super) const SPEECH_ENGLISH: &[&str] = &["said", "asked", "replied", "answered", "whispered", "shouted", "cried", "called", "told", "murmured", "muttered", "laughed", "added", "begged", "yelled", "explained", "agreed", "warned"];

pub(super) const CLASSICAL: &[&str] = &["长衫", "皇", "府", "剑", "马车", "客栈", "将军", "老爷", "大人", "公子", "娘子", "丞相", "和尚", "师父", "宝玉", "银两", "铜钱", "陛下", "太监", "轿", "武林", "江湖", "朝廷", "毡帽"];
pub(super) const MODERN: &[&str] = &["手机", "电脑", "公司", "地铁", "电话", "汽车", "火车", "飞船", "机器人", "咖啡", "办公室", "医院", "网络", "屏幕", "高铁", "同学", "实验室", "phone", "computer", "office", "train", "car", "robot", "screen", "internet", "spaceship", "engine", "radio", "electric"];

/// Chinese family names: the common single ones.
pub(super) const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝";

/// Family names of two characters.
pub(super) const DOUBLE_SURNAMES: &[&str] = &["欧阳", "上官", "司马", "诸葛", "东方", "独孤", "南宫", "慕容", "令狐", "皇甫", "公孙", "夏侯", "尉迟", "长孙", "宇文", "司徒", "轩辕", "端木", "百里", "西门"];

/// Words that stand for people without naming them, and words the dictionary takes for names.
pub(super) const NOT_NAMES: &[&str] = &[
    "老爷", "太太", "师父", "徒弟", "孩子", "母亲", "父亲", "妈妈", "爸爸", "爷爷", "奶奶", "哥哥", "姐姐", "弟弟", "妹妹", "先生", "小姐", "姑娘", "少年", "少女", "老人", "老头", "老师", "同学", "医生", "护士", "船长",
    "将军", "皇帝", "皇上", "大人", "公子", "掌柜", "伙计", "小二", "众人", "大家", "人们", "别人", "自己", "我们", "你们", "他们", "她们", "咱们", "有人", "那人", "此人", "男人", "女人", "男孩", "女孩", "老汉", "老太太", "妇人",
    "朋友", "客人", "主人", "士兵", "司机", "警察", "队长", "经理", "老板", "班长", "校长", "教授", "陛下", "殿下", "夫人", "丫头", "丫鬟", "和尚", "道士", "乞丐", "强盗", "妖怪", "神仙", "鬼", "小孩", "小伙子", "年轻人",
    "金黄", "萧索", "易主", "冷风", "冷风吹", "高兴", "明白", "明月", "黄昏", "白云", "白天", "白色", "黑夜", "石头", "石桥", "金色", "江湖", "江边", "江水", "河边", "河水", "海边", "马路", "马上", "马车", "车站", "车厢", "路上",
    "路边", "路灯", "安静", "安全", "平安", "成功", "全部", "全身", "时候", "时间", "时光", "和平", "应该", "应当", "任何", "任务", "于是", "于此", "关于", "关系", "方向", "方才", "方法", "向前", "向上", "向着", "连忙", "连夜",
    "严肃", "温柔", "温暖", "康复", "文章", "文字", "文明", "武器", "武功", "雷声", "雷电", "花园", "华丽", "光明", "明天", "明年", "高大", "高楼", "高声", "老屋", "老树", "小船", "小路", "小声", "小心", "小时", "阿姨", "雪花",
    "梅花", "荷花", "桃花", "月光", "月亮", "太阳", "星星", "星空", "春天", "夏天", "秋天", "冬天", "童年", "单位", "单独", "包子", "包袱", "钱包", "钟声", "钟头", "席卷", "成为", "成都", "北京", "上海", "南京", "苏州", "杭州",
    "解释", "解决", "游戏", "管理", "古老", "古代", "商店", "商量", "查看", "米饭", "全都", "边上", "连声", "冷笑", "冷静", "简直", "简单", "项圈", "空间站", "项目", "程序", "曾经", "从前", "一声", "天空", "西瓜", "张开", "张口", "张望", "黄土",
    "叶子", "林子", "林中", "森林", "树林", "高山", "大山", "大海", "田野", "田里", "沙地", "沙滩", "沙漠", "石阶", "水手", "齐声", "闻言", "元子", "曹营", "飞船", "警报", "屏幕", "灯塔", "老街", "老宅", "谢谢", "万一", "万分", "何必", "何况", "何时", "如何", "钱财", "包围", "尤其",
    "尤为", "余下", "余生", "余光", "白发", "胡子", "胡乱", "胡同", "许多", "许久", "也许", "或许", "金子", "银子", "严重", "严厉", "易经", "容易", "常常", "平常", "平时", "时常", "顾不得", "顾不上", "莫名", "莫非", "莫要", "毛笔", "毛衣", "牛奶", "马匹", "骆驼",
    "阳光", "夕阳", "朝阳", "祝福", "庄稼", "庄严", "乔木", "安慰", "安排", "江面", "江南", "章节", "季节", "师傅", "申请", "党员", "荣誉", "麻烦", "麦田", "麦子", "池塘", "古琴", "笛子", "小雨", "大雨", "大雪", "小雪人", "老林子", "老家", "阿弥陀佛", "凌晨", "符号", "华夏",
];

/// Names everybody knows: the dictionary may not flag them, and they are not rare.
pub(super) const FAMOUS: &[&str] = &[
    "孙悟空", "悟空", "猪八戒", "八戒", "唐僧", "唐三藏", "沙僧", "沙和尚", "贾宝玉", "宝玉", "林黛玉", "黛玉", "薛宝钗", "宝钗", "王熙凤", "凤姐", "贾母", "袭人", "晴雯", "平儿", "刘姥姥", "曹操", "刘备", "关羽", "关云长", "张飞", "诸葛亮", "孔明",
    "周瑜", "鲁肃", "赵云", "吕布", "貂蝉", "宋江", "武松", "林冲", "鲁智深", "李逵", "阿Q", "小D", "孔乙己", "祥林嫂", "闰土", "白娘子", "许仙", "小青", "梁山伯", "祝英台", "郭靖", "黄蓉", "杨过", "小龙女", "令狐冲", "韦小宝", "司马懿", "黄盖", "阚泽", "武大郎", "潘金莲",
];

/// What follows a family name or a name and makes it a form of address.
pub(super) const HONORIFICS: &[&str] = &["先生", "小姐", "太太", "老师", "医生", "大夫", "师傅", "大哥", "大嫂", "大爷", "大妈", "大叔", "阿姨", "姑娘", "公子", "将军", "队长", "船长", "博士", "教授", "警官", "掌柜", "员外", "奶奶", "爷爷", "二嫂", "四婶", "七斤嫂", "嫂", "婶", "伯", "叔", "哥", "姐", "婆", "翁", "爷", "姥姥", "道长", "真人"];

/// Verbs only somebody can be the subject of.
pub(super) const ACTIONS: &[&str] = &["走", "跑", "坐", "站", "看", "望", "听", "想", "拿", "握", "抱", "笑", "哭", "点头", "摇头", "转身", "抬头", "低头", "伸手", "来到", "推开", "拉", "跳", "躺", "醒", "睡", "吃", "喝", "写", "读", "摸", "皱眉", "叹", "跪", "跟", "追", "等", "进", "出", "回", "去", "来", "把", "对", "向", "给", "跟着", "也", "却", "便", "就", "正", "又", "已", "一直", "终于", "慢慢", "轻轻", "急忙", "忽然", "突然", "没有", "不"];

/// Words at whose end a name may not stop, because they belong to the next word.
pub(super) const TRAILING: &str = "说道问喊叫答笑哭走跑看望听想拿也却便就正又已在是的了着过来去把对向给跟和与及从到被让使将还都没不很太最更一这那有为吗呢吧啊呀献坐站抬低转点摇忽突终慢轻急";

/// Words before a name that say it is one.
pub(super) const NAMING: &[&str] = &["名叫", "叫做", "唤作", "便是", "就是", "我叫", "他叫", "她叫", "名字是", "人称", "号称", "大名", "我是", "叫作", "名为", "名曰", "一个叫", "姓名"];

pub(super) const MALE: &[&str] = &["他", "先生", "少年", "男孩", "哥", "叔", "伯", "爷", "父亲", "儿子", "公子", "将军", "和尚", "汉子", "老头", "国王", "王子"];
pub(super) const FEMALE: &[&str] = &["她", "小姐", "姑娘", "少女", "女孩", "姐", "妹", "嫂", "婶", "婆", "母亲", "女儿", "夫人", "娘", "太太", "奶奶", "丫头", "公主", "姥姥"];
pub(super) const MALE_NAMES: &str = "强伟刚勇军杰涛明龙虎雄飞鹏辉斌超磊峰浩宇轩刚毅豪海山石土松柏宝悟空备羽操亮飞云靖冲";
pub(super) const FEMALE_NAMES: &str = "芳娟娜丽秀英玉兰梅凤燕霞红珍雪莲花美静淑慧巧婷琳琴月薇瑶婉妮黛钗蓉袭雯嫣茜莉萍";
pub(super) const CHILD: &[&str] = &["小孩", "孩子", "男孩", "女孩", "儿童", "小学", "书包", "放学", "娃", "七岁", "八岁", "九岁", "十岁", "boy", "girl", "child", "kid", "schoolbag"];
pub(super) const OLD: &[&str] = &["白发", "头发全白", "老人", "老头", "老太", "老汉", "皱纹", "拐杖", "年迈", "驼背", "old man", "old woman", "grandfather", "grandmother", "elderly", "grey-haired", "gray-haired", "white beard"];

/// English words that are written with a capital and name nobody.
pub(super) const CAPITALISED: &[&str] = &[
    "i", "the", "a", "an", "and", "but", "or", "so", "if", "then", "when", "while", "as", "at", "in", "on", "of", "to", "for", "from", "with", "by", "he", "she", "it", "they", "we", "you", "his", "her", "its", "their", "my", "your", "our", "this",
    "that", "these", "those", "there", "here", "what", "who", "why", "how", "where", "which", "yes", "no", "not", "now", "once", "one", "two", "three", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
    "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "chapter", "god", "mr", "mrs", "miss", "ms", "dr", "sir", "madam", "captain", "professor", "english", "french", "chinese",
    "london", "paris", "england", "china", "america", "earth", "mars", "moon", "sun", "christmas", "after", "before", "behind", "outside", "inside", "suddenly", "perhaps", "maybe", "every", "all", "some", "nobody", "everyone", "everybody",
    "nothing", "something", "slowly", "finally", "still", "even", "only", "just", "never", "always", "oh", "ah", "well", "good", "please", "come", "go", "look", "wait", "listen", "stop", "let", "do", "did", "is", "was", "were", "are", "be", "been",
    "street", "road", "river", "lake", "sea", "mount", "king", "queen", "lord", "lady", "father", "mother", "grandfather", "grandmother", "uncle", "aunt", "tonight", "today", "tomorrow", "yesterday", "thank", "thanks", "hello", "sorry",
];
pub(super) const TITLES: &[&str] = &["Mr", "Mrs", "Miss", "Ms", "Dr", "Captain", "Professor", "Sir", "Lady", "Lord", "Uncle", "Aunt", "King", "Queen", "Old", "Doctor", "Master", "Madam", "Sergeant", "Detective"];
pub(super) const ENGLISH_ACTIONS: &[&str] = &["was", "had", "walked", "ran", "looked", "sat", "stood", "smiled", "nodded", "turned", "opened", "took", "went", "came", "felt", "knew", "thought", "heard", "saw", "held", "lifted", "put", "pulled", "did", "could", "would", "wiped", "climbed", "waited", "stopped", "began", "kept", "carried", "laughed", "watched", "set", "closed", "picked", "shook", "reached", "leaned", "wrote", "read", "lit", "raised", "followed", "stepped", "sighed"];
