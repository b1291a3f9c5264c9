//! Chinese as tone-numbered pinyin: words from the dictionary, readings from the phrases below where a character has several,
//! sandhi for 一 and 不, numbers as they are read, and other scripts apart.

use ::pinyin::ToPinyin;
use ports::film::Language;

use crate::{rules::names::JIEBA, text::is_han};

/// A run of speech in one script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Tone-numbered pinyin.
    Chinese(String),
    /// English words.
    English(String),
    /// Silence in milliseconds.
    Pause(u32),
}

/// Readings of phrases whose characters are read otherwise alone.
const PHRASES: &[(&str, &str)] = &[
    ("长大", "zhang3 da4"),
    ("长辈", "zhang3 bei4"),
    ("成长", "cheng2 zhang3"),
    ("生长", "sheng1 zhang3"),
    ("校长", "xiao4 zhang3"),
    ("队长", "dui4 zhang3"),
    ("船长", "chuan2 zhang3"),
    ("班长", "ban1 zhang3"),
    ("首长", "shou3 zhang3"),
    ("家长", "jia1 zhang3"),
    ("长老", "zhang3 lao3"),
    ("增长", "zeng1 zhang3"),
    ("长出", "zhang3 chu1"),
    ("长得", "zhang3 de5"),
    ("长着", "zhang3 zhe5"),
    ("银行", "yin2 hang2"),
    ("行业", "hang2 ye4"),
    ("行列", "hang2 lie4"),
    ("一行", "yi4 hang2"),
    ("两行", "liang3 hang2"),
    ("同行", "tong2 hang2"),
    ("内行", "nei4 hang2"),
    ("外行", "wai4 hang2"),
    ("几行", "ji3 hang2"),
    ("排行", "pai2 hang2"),
    ("重新", "chong2 xin1"),
    ("重复", "chong2 fu4"),
    ("重逢", "chong2 feng2"),
    ("重重", "chong2 chong2"),
    ("重叠", "chong2 die2"),
    ("重来", "chong2 lai2"),
    ("重庆", "chong2 qing4"),
    ("重返", "chong2 fan3"),
    ("重阳", "chong2 yang2"),
    ("重生", "chong2 sheng1"),
    ("音乐", "yin1 yue4"),
    ("乐器", "yue4 qi4"),
    ("乐曲", "yue4 qu3"),
    ("乐队", "yue4 dui4"),
    ("奏乐", "zou4 yue4"),
    ("乐谱", "yue4 pu3"),
    ("便宜", "pian2 yi5"),
    ("大腹便便", "da4 fu4 pian2 pian2"),
    ("还钱", "huan2 qian2"),
    ("还给", "huan2 gei3"),
    ("归还", "gui1 huan2"),
    ("还债", "huan2 zhai4"),
    ("偿还", "chang2 huan2"),
    ("还手", "huan2 shou3"),
    ("还乡", "huan2 xiang1"),
    ("还礼", "huan2 li3"),
    ("都市", "du1 shi4"),
    ("首都", "shou3 du1"),
    ("都城", "du1 cheng2"),
    ("京都", "jing1 du1"),
    ("成都", "cheng2 du1"),
    ("觉得", "jue2 de5"),
    ("睡觉", "shui4 jiao4"),
    ("午觉", "wu3 jiao4"),
    ("一觉", "yi2 jiao4"),
    ("觉悟", "jue2 wu4"),
    ("感觉", "gan3 jue2"),
    ("发觉", "fa1 jue2"),
    ("得到", "de2 dao4"),
    ("得意", "de2 yi4"),
    ("取得", "qu3 de2"),
    ("获得", "huo4 de2"),
    ("懂得", "dong3 de5"),
    ("记得", "ji4 de5"),
    ("值得", "zhi2 de5"),
    ("显得", "xian3 de5"),
    ("总得", "zong3 dei3"),
    ("非得", "fei1 dei3"),
    ("得了", "de2 le5"),
    ("不得不", "bu4 de2 bu4"),
    ("不得了", "bu4 de2 liao3"),
    ("只得", "zhi3 de2"),
    ("晓得", "xiao3 de5"),
    ("舍得", "she3 de5"),
    ("难得", "nan2 de2"),
    ("地方", "di4 fang5"),
    ("土地", "tu3 di4"),
    ("地上", "di4 shang5"),
    ("地面", "di4 mian4"),
    ("沙地", "sha1 di4"),
    ("田地", "tian2 di4"),
    ("天地", "tian1 di4"),
    ("大地", "da4 di4"),
    ("地图", "di4 tu2"),
    ("地铁", "di4 tie3"),
    ("草地", "cao3 di4"),
    ("地球", "di4 qiu2"),
    ("瓜地", "gua1 di4"),
    ("雪地", "xue3 di4"),
    ("地下", "di4 xia4"),
    ("当地", "dang1 di4"),
    ("目的地", "mu4 di4 di4"),
    ("遍地", "bian4 di4"),
    ("墓地", "mu4 di4"),
    ("地道", "di4 dao4"),
    ("地震", "di4 zhen4"),
    ("倒地", "dao3 di4"),
    ("落地", "luo4 di4"),
    ("工地", "gong1 di4"),
    ("基地", "ji1 di4"),
    ("营地", "ying2 di4"),
    ("陆地", "lu4 di4"),
    ("阵地", "zhen4 di4"),
    ("地位", "di4 wei4"),
    ("心地", "xin1 di4"),
    ("菜地", "cai4 di4"),
    ("空地", "kong4 di4"),
    ("着急", "zhao2 ji2"),
    ("睡着", "shui4 zhao2"),
    ("着火", "zhao2 huo3"),
    ("着凉", "zhao2 liang2"),
    ("沉着", "chen2 zhuo2"),
    ("穿着打扮", "chuan1 zhuo2 da3 ban4"),
    ("衣着", "yi1 zhuo2"),
    ("找不着", "zhao3 bu4 zhao2"),
    ("找着了", "zhao3 zhao2 le5"),
    ("了解", "liao3 jie3"),
    ("了不起", "liao3 bu4 qi3"),
    ("受不了", "shou4 bu4 liao3"),
    ("为了", "wei4 le5"),
    ("了却", "liao3 que4"),
    ("了结", "liao3 jie2"),
    ("明了", "ming2 liao3"),
    ("忘不了", "wang4 bu4 liao3"),
    ("少不了", "shao3 bu4 liao3"),
    ("目的", "mu4 di4"),
    ("的确", "di2 que4"),
    ("的士", "di2 shi4"),
    ("有的放矢", "you3 di4 fang4 shi3"),
    ("教书", "jiao1 shu1"),
    ("教室", "jiao4 shi4"),
    ("教给", "jiao1 gei3"),
    ("教会我", "jiao1 hui4 wo3"),
    ("朝阳", "zhao1 yang2"),
    ("今朝", "jin1 zhao1"),
    ("朝霞", "zhao1 xia2"),
    ("朝廷", "chao2 ting2"),
    ("王朝", "wang2 chao2"),
    ("空气", "kong1 qi4"),
    ("天空", "tian1 kong1"),
    ("空白", "kong4 bai2"),
    ("空闲", "kong4 xian2"),
    ("有空", "you3 kong4"),
    ("抽空", "chou1 kong4"),
    ("空隙", "kong4 xi4"),
    ("种着", "zhong4 zhe5"),
    ("种田", "zhong4 tian2"),
    ("种地", "zhong4 di4"),
    ("种树", "zhong4 shu4"),
    ("种花", "zhong4 hua1"),
    ("播种", "bo1 zhong3"),
    ("种子", "zhong3 zi5"),
    ("种菜", "zhong4 cai4"),
    ("耕种", "geng1 zhong4"),
    ("头发", "tou2 fa5"),
    ("白发", "bai2 fa4"),
    ("长发", "chang2 fa4"),
    ("发丝", "fa4 si1"),
    ("理发", "li3 fa4"),
    ("毛发", "mao2 fa4"),
    ("黑发", "hei1 fa4"),
    ("短发", "duan3 fa4"),
    ("发型", "fa4 xing2"),
    ("好奇", "hao4 qi2"),
    ("爱好", "ai4 hao4"),
    ("好学", "hao4 xue2"),
    ("好客", "hao4 ke4"),
    ("嗜好", "shi4 hao4"),
    ("少年", "shao4 nian2"),
    ("少女", "shao4 nv3"),
    ("老少", "lao3 shao4"),
    ("少爷", "shao4 ye5"),
    ("少妇", "shao4 fu4"),
    ("年少", "nian2 shao4"),
    ("多少", "duo1 shao5"),
    ("背着", "bei1 zhe5"),
    ("背起", "bei1 qi3"),
    ("背包", "bei1 bao1"),
    ("背负", "bei1 fu4"),
    ("背书包", "bei1 shu1 bao1"),
    ("处理", "chu3 li3"),
    ("相处", "xiang1 chu3"),
    ("处于", "chu3 yu2"),
    ("处境", "chu3 jing4"),
    ("处罚", "chu3 fa2"),
    ("处决", "chu3 jue2"),
    ("传说", "chuan2 shuo1"),
    ("传记", "zhuan4 ji4"),
    ("水浒传", "shui3 hu3 zhuan4"),
    ("自传", "zi4 zhuan4"),
    ("大夫", "dai4 fu5"),
    ("答应", "da1 ying5"),
    ("应该", "ying1 gai1"),
    ("应当", "ying1 dang1"),
    ("反应", "fan3 ying4"),
    ("回应", "hui2 ying4"),
    ("应付", "ying4 fu4"),
    ("应声", "ying4 sheng1"),
    ("适应", "shi4 ying4"),
    ("当作", "dang4 zuo4"),
    ("当成", "dang4 cheng2"),
    ("上当", "shang4 dang4"),
    ("当铺", "dang4 pu4"),
    ("恰当", "qia4 dang4"),
    ("适当", "shi4 dang4"),
    ("妥当", "tuo3 dang4"),
    ("倒下", "dao3 xia4"),
    ("倒塌", "dao3 ta1"),
    ("摔倒", "shuai1 dao3"),
    ("跌倒", "die1 dao3"),
    ("打倒", "da3 dao3"),
    ("倒是", "dao4 shi4"),
    ("倒映", "dao4 ying4"),
    ("倒影", "dao4 ying3"),
    ("倒水", "dao4 shui3"),
    ("倒茶", "dao4 cha2"),
    ("病倒", "bing4 dao3"),
    ("昏倒", "hun1 dao3"),
    ("调查", "diao4 cha2"),
    ("声调", "sheng1 diao4"),
    ("调皮", "tiao2 pi2"),
    ("空调", "kong1 tiao2"),
    ("强调", "qiang2 diao4"),
    ("单调", "dan1 diao4"),
    ("曲调", "qu3 diao4"),
    ("调整", "tiao2 zheng3"),
    ("分外", "fen4 wai4"),
    ("部分", "bu4 fen5"),
    ("身分", "shen1 fen4"),
    ("缘分", "yuan2 fen4"),
    ("过分", "guo4 fen4"),
    ("十分", "shi2 fen1"),
    ("水分", "shui3 fen4"),
    ("充分", "chong1 fen4"),
    ("干净", "gan1 jing4"),
    ("干活", "gan4 huo2"),
    ("干什么", "gan4 shen2 me5"),
    ("能干", "neng2 gan4"),
    ("干部", "gan4 bu4"),
    ("树干", "shu4 gan4"),
    ("饼干", "bing3 gan1"),
    ("干嘛", "gan4 ma2"),
    ("干吗", "gan4 ma2"),
    ("干枯", "gan1 ku1"),
    ("苦干", "ku3 gan4"),
    ("才干", "cai2 gan4"),
    ("给予", "ji3 yu3"),
    ("供给", "gong1 ji3"),
    ("补给", "bu3 ji3"),
    ("勉强", "mian3 qiang3"),
    ("倔强", "jue2 jiang4"),
    ("强迫", "qiang3 po4"),
    ("假期", "jia4 qi1"),
    ("放假", "fang4 jia4"),
    ("请假", "qing3 jia4"),
    ("暑假", "shu3 jia4"),
    ("寒假", "han2 jia4"),
    ("度假", "du4 jia4"),
    ("将军", "jiang1 jun1"),
    ("将领", "jiang4 ling3"),
    ("大将", "da4 jiang4"),
    ("名将", "ming2 jiang4"),
    ("上将", "shang4 jiang4"),
    ("武将", "wu3 jiang4"),
    ("将士", "jiang4 shi4"),
    ("降落", "jiang4 luo4"),
    ("投降", "tou2 xiang2"),
    ("降临", "jiang4 lin2"),
    ("下降", "xia4 jiang4"),
    ("降服", "xiang2 fu2"),
    ("角色", "jue2 se4"),
    ("角落", "jiao3 luo4"),
    ("配角", "pei4 jue2"),
    ("主角", "zhu3 jue2"),
    ("尽管", "jin3 guan3"),
    ("尽快", "jin3 kuai4"),
    ("尽头", "jin4 tou2"),
    ("尽力", "jin4 li4"),
    ("尽量", "jin3 liang4"),
    ("卷起", "juan3 qi3"),
    ("试卷", "shi4 juan4"),
    ("画卷", "hua4 juan4"),
    ("看守", "kan1 shou3"),
    ("看护", "kan1 hu4"),
    ("看门", "kan1 men2"),
    ("看管", "kan1 guan3"),
    ("可汗", "ke4 han2"),
    ("快乐", "kuai4 le4"),
    ("累积", "lei3 ji1"),
    ("积累", "ji1 lei3"),
    ("连累", "lian2 lei3"),
    ("劳累", "lao2 lei4"),
    ("果实累累", "guo3 shi2 lei2 lei2"),
    ("量体", "liang2 ti3"),
    ("测量", "ce4 liang2"),
    ("打量", "da3 liang5"),
    ("力量", "li4 liang4"),
    ("商量", "shang1 liang5"),
    ("思量", "si1 liang5"),
    ("率领", "shuai4 ling3"),
    ("效率", "xiao4 lv4"),
    ("绿色", "lv4 se4"),
    ("露出", "lou4 chu1"),
    ("露水", "lu4 shui3"),
    ("暴露", "bao4 lu4"),
    ("露面", "lou4 mian4"),
    ("落下", "luo4 xia4"),
    ("落叶", "luo4 ye4"),
    ("丢三落四", "diu1 san1 la4 si4"),
    ("埋怨", "man2 yuan4"),
    ("埋伏", "mai2 fu2"),
    ("脉脉", "mo4 mo4"),
    ("没有", "mei2 you3"),
    ("没收", "mo4 shou1"),
    ("淹没", "yan1 mo4"),
    ("沉没", "chen2 mo4"),
    ("出没", "chu1 mo4"),
    ("埋没", "mai2 mo4"),
    ("没落", "mo4 luo4"),
    ("吞没", "tun1 mo4"),
    ("模样", "mu2 yang4"),
    ("模糊", "mo2 hu5"),
    ("磨坊", "mo4 fang2"),
    ("困难", "kun4 nan5"),
    ("难民", "nan4 min2"),
    ("灾难", "zai1 nan4"),
    ("苦难", "ku3 nan4"),
    ("遇难", "yu4 nan4"),
    ("宁可", "ning4 ke3"),
    ("宁愿", "ning4 yuan4"),
    ("宁静", "ning2 jing4"),
    ("胖子", "pang4 zi5"),
    ("铺子", "pu4 zi5"),
    ("店铺", "dian4 pu4"),
    ("床铺", "chuang2 pu4"),
    ("铺开", "pu1 kai1"),
    ("奇数", "ji1 shu4"),
    ("奇怪", "qi2 guai4"),
    ("亲家", "qing4 jia5"),
    ("曲折", "qu1 zhe2"),
    ("歌曲", "ge1 qu3"),
    ("弯曲", "wan1 qu1"),
    ("戏曲", "xi4 qu3"),
    ("任务", "ren4 wu5"),
    ("散步", "san4 bu4"),
    ("散文", "san3 wen2"),
    ("松散", "song1 san3"),
    ("什么", "shen2 me5"),
    ("怎么", "zen3 me5"),
    ("这么", "zhe4 me5"),
    ("那么", "na4 me5"),
    ("什刹海", "shi2 cha4 hai3"),
    ("似的", "shi4 de5"),
    ("似乎", "si4 hu1"),
    ("石头", "shi2 tou5"),
    ("数着", "shu3 zhe5"),
    ("数数", "shu3 shu4"),
    ("数不清", "shu3 bu4 qing1"),
    ("无数", "wu2 shu4"),
    ("不计其数", "bu2 ji4 qi2 shu4"),
    ("宿舍", "su4 she4"),
    ("一宿", "yi4 xiu3"),
    ("星宿", "xing1 xiu4"),
    ("弹琴", "tan2 qin2"),
    ("子弹", "zi3 dan4"),
    ("炸弹", "zha4 dan4"),
    ("弹簧", "tan2 huang2"),
    ("导弹", "dao3 dan4"),
    ("挑战", "tiao3 zhan4"),
    ("挑起", "tiao3 qi3"),
    ("挑选", "tiao1 xuan3"),
    ("同学", "tong2 xue2"),
    ("胡同", "hu2 tong4"),
    ("吐血", "tu4 xie3"),
    ("呕吐", "ou3 tu4"),
    ("为什么", "wei4 shen2 me5"),
    ("因为", "yin1 wei4"),
    ("为难", "wei2 nan2"),
    ("以为", "yi3 wei2"),
    ("认为", "ren4 wei2"),
    ("成为", "cheng2 wei2"),
    ("作为", "zuo4 wei2"),
    ("为人", "wei2 ren2"),
    ("行为", "xing2 wei2"),
    ("尾巴", "wei3 ba5"),
    ("吓人", "xia4 ren2"),
    ("鲜血", "xian1 xue4"),
    ("新鲜", "xin1 xian1"),
    ("相信", "xiang1 xin4"),
    ("相片", "xiang4 pian4"),
    ("照相", "zhao4 xiang4"),
    ("真相", "zhen1 xiang4"),
    ("丞相", "cheng2 xiang4"),
    ("宰相", "zai3 xiang4"),
    ("首相", "shou3 xiang4"),
    ("兴奋", "xing1 fen4"),
    ("高兴", "gao1 xing4"),
    ("兴趣", "xing4 qu4"),
    ("兴旺", "xing1 wang4"),
    ("旋风", "xuan4 feng1"),
    ("咽喉", "yan1 hou2"),
    ("呜咽", "wu1 ye4"),
    ("哽咽", "geng3 ye4"),
    ("钥匙", "yao4 shi5"),
    ("要求", "yao1 qiu2"),
    ("要挟", "yao1 xie2"),
    ("一会儿", "yi2 hui4 er5"),
    ("会计", "kuai4 ji4"),
    ("与会", "yu4 hui4"),
    ("参与", "can1 yu4"),
    ("晕倒", "yun1 dao3"),
    ("晕车", "yun4 che1"),
    ("载着", "zai4 zhe5"),
    ("记载", "ji4 zai3"),
    ("千载", "qian1 zai3"),
    ("占卜", "zhan1 bu3"),
    ("占领", "zhan4 ling3"),
    ("涨潮", "zhang3 chao2"),
    ("折断", "zhe2 duan4"),
    ("折腾", "zhe1 teng5"),
    ("正月", "zheng1 yue4"),
    ("症结", "zheng1 jie2"),
    ("只是", "zhi3 shi4"),
    ("一只", "yi4 zhi1"),
    ("两只", "liang3 zhi1"),
    ("几只", "ji3 zhi1"),
    ("只有", "zhi3 you3"),
    ("只好", "zhi3 hao3"),
    ("中间", "zhong1 jian1"),
    ("时间", "shi2 jian1"),
    ("其间", "qi2 jian1"),
    ("间断", "jian4 duan4"),
    ("间接", "jian4 jie1"),
    ("中奖", "zhong4 jiang3"),
    ("看中", "kan4 zhong4"),
    ("击中", "ji1 zhong4"),
    ("命中", "ming4 zhong4"),
    ("打中", "da3 zhong4"),
    ("转身", "zhuan3 shen1"),
    ("转动", "zhuan4 dong4"),
    ("转圈", "zhuan4 quan1"),
    ("旋转", "xuan2 zhuan3"),
    ("钻进", "zuan1 jin4"),
    ("钻石", "zuan4 shi2"),
    ("作坊", "zuo1 fang5"),
    ("子弟", "zi3 di4"),
    ("先生", "xian1 sheng5"),
    ("姑娘", "gu1 niang5"),
    ("妈妈", "ma1 ma5"),
    ("爸爸", "ba4 ba5"),
    ("爷爷", "ye2 ye5"),
    ("奶奶", "nai3 nai5"),
    ("哥哥", "ge1 ge5"),
    ("姐姐", "jie3 jie5"),
    ("弟弟", "di4 di5"),
    ("妹妹", "mei4 mei5"),
    ("太太", "tai4 tai5"),
    ("老爷", "lao3 ye5"),
    ("孩子", "hai2 zi5"),
    ("东西", "dong1 xi5"),
    ("眼睛", "yan3 jing5"),
    ("耳朵", "er3 duo5"),
    ("嘴巴", "zui3 ba5"),
    ("窗户", "chuang1 hu5"),
    ("月亮", "yue4 liang5"),
    ("星星", "xing1 xing5"),
    ("太阳", "tai4 yang5"),
    ("我们", "wo3 men5"),
    ("你们", "ni3 men5"),
    ("他们", "ta1 men5"),
    ("她们", "ta1 men5"),
    ("咱们", "zan2 men5"),
    ("人们", "ren2 men5"),
    ("知道", "zhi1 dao5"),
    ("告诉", "gao4 su5"),
    ("朋友", "peng2 you5"),
    ("时候", "shi2 hou5"),
    ("故事", "gu4 shi5"),
    ("事情", "shi4 qing5"),
    ("明白", "ming2 bai5"),
    ("喜欢", "xi3 huan5"),
    ("衣服", "yi1 fu5"),
    ("漂亮", "piao4 liang5"),
    ("漂流", "piao1 liu2"),
    ("漂着", "piao1 zhe5"),
    ("暖和", "nuan3 huo5"),
    ("和尚", "he2 shang5"),
    ("附和", "fu4 he4"),
    ("搅和", "jiao3 huo5"),
    ("认识", "ren4 shi5"),
    ("休息", "xiu1 xi5"),
    ("消息", "xiao1 xi5"),
    ("意思", "yi4 si5"),
    ("力气", "li4 qi5"),
    ("客气", "ke4 qi5"),
    ("脾气", "pi2 qi5"),
    ("萝卜", "luo2 bo5"),
    ("葡萄", "pu2 tao5"),
    ("石榴", "shi2 liu5"),
    ("灯笼", "deng1 long5"),
    ("胳膊", "ge1 bo5"),
    ("脑袋", "nao3 dai5"),
    ("骨头", "gu3 tou5"),
    ("舌头", "she2 tou5"),
    ("木头", "mu4 tou5"),
    ("馒头", "man2 tou5"),
    ("枕头", "zhen3 tou5"),
    ("里头", "li3 tou5"),
    ("后头", "hou4 tou5"),
    ("前头", "qian2 tou5"),
    ("外头", "wai4 tou5"),
    ("上头", "shang4 tou5"),
    ("差不多", "cha4 bu5 duo1"),
    ("参差", "cen1 ci1"),
    ("出差", "chu1 chai1"),
    ("差事", "chai1 shi4"),
    ("血淋淋", "xie3 lin2 lin2"),
    ("削弱", "xue1 ruo4"),
    ("剥削", "bo1 xue1"),
    ("薄荷", "bo4 he5"),
    ("刹那", "cha4 na4"),
    ("单于", "chan2 yu2"),
    ("伺候", "ci4 hou5"),
    ("下载", "xia4 zai3"),
    ("不禁", "bu4 jin1"),
    ("禁不住", "jin1 bu5 zhu4"),
    ("系鞋带", "ji4 xie2 dai4"),
    ("关系", "guan1 xi5"),
    ("屏住", "bing3 zhu4"),
    ("闷热", "men1 re4"),
    ("挨打", "ai2 da3"),
    ("挨着", "ai1 zhe5"),
    ("扎营", "zha1 ying2"),
    ("包扎", "bao1 za1"),
    ("挣扎", "zheng1 zha2"),
    ("炸鱼", "zha2 yu2"),
    ("咳嗽", "ke2 sou5"),
    ("横财", "heng4 cai2"),
    ("蒙古", "meng3 gu3"),
    ("悄悄", "qiao1 qiao1"),
    ("悄然", "qiao3 ran2"),
    ("扇子", "shan4 zi5"),
    ("扇动", "shan1 dong4"),
    ("抹布", "ma1 bu4"),
    ("哪吒", "ne2 zha1"),
    ("呱呱", "gua1 gua1"),
    ("尉迟", "yu4 chi2"),
    ("阿弥陀佛", "e1 mi2 tuo2 fo2"),
    ("猹", "cha2"),
    ("闰土", "run4 tu3"),
];

/// The runs of a line.
#[must_use]
pub fn runs(text: &str, language: Language) -> Vec<Run> {
    match language {
        Language::English => english_runs(text),
        Language::Chinese => chinese_runs(text),
    }
}

/// English sentences as they are; what the voice cannot read is left out.
fn english_runs(text: &str) -> Vec<Run> {
    if text.chars().any(is_han) {
        return chinese_runs(text);
    }
    let said: String = text.chars().map(|c| if c.is_alphanumeric() || " ,.!?;:'-%$&’".contains(c) { c } else { ' ' }).collect();
    if said.chars().any(char::is_alphanumeric) { vec![Run::English(said)] } else { vec![Run::Pause(400)] }
}

fn chinese_runs(text: &str) -> Vec<Run> {
    let text = numbers(text);
    let mut found: Vec<Run> = Vec::new();
    let mut latin = String::new();
    let mut han = String::new();
    let flush_latin = |latin: &mut String, found: &mut Vec<Run>| {
        let said = latin.trim().to_owned();
        if said.chars().any(char::is_alphanumeric) {
            found.push(Run::English(said));
        }
        latin.clear();
    };
    let flush_han = |han: &mut String, found: &mut Vec<Run>| {
        if !han.is_empty() {
            found.push(Run::Chinese(read(han)));
        }
        han.clear();
    };
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let pause = match c {
            '，' | ',' | '：' | ':' | '、' | '；' | ';' => 160,
            '。' | '！' | '？' | '!' | '?' => 280,
            '…' | '—' => {
                while chars.peek() == Some(&c) {
                    chars.next();
                }
                420
            }
            _ => 0,
        };
        if pause > 0 {
            flush_latin(&mut latin, &mut found);
            flush_han(&mut han, &mut found);
            found.push(Run::Pause(pause));
        } else if is_han(c) {
            flush_latin(&mut latin, &mut found);
            han.push(c);
        } else if c.is_ascii_alphanumeric() || (!latin.is_empty() && (c == ' ' || c == '\'' || c == '-' || c == '.')) {
            flush_han(&mut han, &mut found);
            latin.push(c);
        }
    }
    flush_latin(&mut latin, &mut found);
    flush_han(&mut han, &mut found);
    found
}

/// A run of Chinese characters as pinyin.
#[must_use]
pub fn read(han: &str) -> String {
    let chars: Vec<char> = han.chars().collect();
    let mut syllables: Vec<String> = Vec::with_capacity(chars.len());
    let mut fixed: Vec<bool> = Vec::with_capacity(chars.len());
    let mut previous_verb = false;
    for token in JIEBA.tag(han, true) {
        let word: Vec<char> = token.word.chars().collect();
        let mut at = 0;
        while at < word.len() {
            let start = syllables.len();
            let rest: String = chars[start..].iter().collect();
            // The longest phrase that fits the text from here, even across the borders of words.
            let phrase = PHRASES.iter().filter(|(phrase, _)| rest.starts_with(phrase)).max_by_key(|(phrase, _)| phrase.len());
            if let Some((phrase, reading)) = phrase.filter(|(phrase, _)| at + phrase.chars().count() <= word.len() || at == 0) {
                let take = phrase.chars().count().min(word.len() - at).max(1);
                // Across a border only the part within this word is read now; the rest is found again from the table by its own prefix.
                let all: Vec<&str> = reading.split(' ').collect();
                let whole = phrase.chars().count() <= word.len() - at;
                let take = if whole { phrase.chars().count() } else { take };
                for syllable in &all[..take.min(all.len())] {
                    syllables.push((*syllable).to_owned());
                    fixed.push(true);
                }
                at += take;
                continue;
            }
            let c = word[at];
            let (syllable, sure) = alone(c, word.len(), previous_verb);
            syllables.push(syllable);
            fixed.push(sure);
            at += 1;
        }
        previous_verb = token.tag.starts_with('v') || token.tag.starts_with('a');
    }
    sandhi(&chars, &mut syllables, &fixed);
    syllables.join(" ")
}

/// The reading of a character on its own.
fn alone(c: char, word: usize, after_verb: bool) -> (String, bool) {
    let known = match c {
        '的' | '地' if word == 1 => Some("de5"),
        '得' if word == 1 && after_verb => Some("de5"),
        '着' if word == 1 || after_verb => Some("zhe5"),
        '了' => Some("le5"),
        '么' => Some("me5"),
        '们' => Some("men5"),
        '吗' => Some("ma5"),
        '呢' => Some("ne5"),
        '吧' => Some("ba5"),
        '还' => Some("hai2"),
        '都' => Some("dou1"),
        '行' if word == 1 => Some("xing2"),
        '长' if word == 1 => Some("chang2"),
        '重' if word == 1 => Some("zhong4"),
        '只' if word == 1 => Some("zhi3"),
        '和' if word == 1 => Some("he2"),
        '为' if word == 1 => Some("wei4"),
        '没' => Some("mei2"),
        '给' => Some("gei3"),
        '谁' => Some("shei2"),
        '那' => Some("na4"),
        '这' => Some("zhe4"),
        '说' => Some("shuo1"),
        '车' => Some("che1"),
        '大' => Some("da4"),
        '血' => Some("xue4"),
        '色' => Some("se4"),
        '家' => Some("jia1"),
        _ => None,
    };
    if let Some(known) = known {
        return (known.to_owned(), true);
    }
    let reading = c.to_pinyin().map(|reading| reading.with_tone_num_end().replace('ü', "v"));
    let reading =
        reading.map(|reading| if reading.ends_with(|last: char| last.is_ascii_digit()) { reading } else { format!("{reading}5") });
    (reading.unwrap_or_default(), false)
}

/// 一 and 不 before other tones: yi2 and bu2 before a fourth tone, yi4 before the others; not in numbers and not at the end.
fn sandhi(chars: &[char], syllables: &mut [String], fixed: &[bool]) {
    let digit = |c: Option<&char>| c.is_some_and(|c| "零〇一二三四五六七八九十百千万亿两第".contains(*c));
    for index in 0..syllables.len() {
        if fixed[index] || !matches!(chars.get(index), Some('一' | '不')) {
            continue;
        }
        let next = syllables.get(index + 1).and_then(|next| next.chars().last());
        let doubled = index > 0 && chars.get(index - 1) == chars.get(index + 1) && index + 1 < chars.len();
        let changed = match (chars[index], next) {
            (_, Some(_)) if doubled => None,
            ('不', Some('4')) => Some("bu2"),
            ('一', _) if digit(chars.get(index.wrapping_sub(1))) || digit(chars.get(index + 1)) || chars.get(index + 1) == Some(&'月') => {
                Some("yi1")
            }
            ('一', Some('4')) => Some("yi2"),
            ('一', Some('1' | '2' | '3')) => Some("yi4"),
            // 个 is written with a light tone in many words and behaves like a fourth.
            ('一', Some('5')) => Some("yi2"),
            _ => None,
        };
        if let Some(changed) = changed {
            changed.clone_into(&mut syllables[index]);
        }
    }
}

/// Digits as they are read in Chinese.
#[must_use]
pub fn numbers(text: &str) -> String {
    let chars: Vec<char> =
        text.chars().map(|c| if ('０'..='９').contains(&c) { char::from_u32(c as u32 - 0xfee0).unwrap_or(c) } else { c }).collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let latin_before = at > 0 && chars[at - 1].is_ascii_alphabetic();
        if !chars[at].is_ascii_digit() || latin_before {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let start = at;
        while at < chars.len()
            && (chars[at].is_ascii_digit()
                || matches!(chars[at], ',')
                    && chars.get(at + 1).is_some_and(char::is_ascii_digit)
                    && chars.get(at + 4).is_none_or(|c| !c.is_ascii_digit()))
        {
            at += 1;
        }
        let whole: String = chars[start..at].iter().filter(|c| c.is_ascii_digit()).collect();
        let mut fraction = String::new();
        if chars.get(at) == Some(&'.') && chars.get(at + 1).is_some_and(char::is_ascii_digit) {
            at += 1;
            while chars.get(at).is_some_and(char::is_ascii_digit) {
                fraction.push(chars[at]);
                at += 1;
            }
        }
        let percent = matches!(chars.get(at), Some('%' | '％'));
        if percent {
            at += 1;
            out.push_str("百分之");
        }
        let year = whole.len() == 4 && chars.get(at) == Some(&'年');
        if year || whole.len() > 8 || whole.len() > 1 && whole.starts_with('0') {
            whole.chars().for_each(|c| out.push(DIGITS[usize::from(c as u8 - b'0')]));
        } else {
            out.push_str(&cardinal(whole.parse().unwrap_or(0)));
        }
        if !fraction.is_empty() {
            out.push('点');
            fraction.chars().for_each(|c| out.push(DIGITS[usize::from(c as u8 - b'0')]));
        }
    }
    out
}

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

fn cardinal(number: u64) -> String {
    match number {
        0..=9 => DIGITS[usize::try_from(number).unwrap_or(0)].to_string(),
        10..=19 => format!("十{}", if number == 10 { String::new() } else { cardinal(number - 10) }),
        _ => {
            for (size, name) in [(100_000_000, "亿"), (10_000, "万"), (1000, "千"), (100, "百"), (10, "十")] {
                if number >= size {
                    let (head, rest) = (number / size, number % size);
                    let gap = if rest > 0 && rest < size / 10 { "零" } else { "" };
                    let tail = match rest {
                        0 => String::new(),
                        // 一百一十, not 一百十.
                        10..=19 => format!("一{}", cardinal(rest)),
                        _ => cardinal(rest),
                    };
                    return format!("{}{name}{gap}{tail}", cardinal(head));
                }
            }
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polyphones_are_read_by_their_phrases() {
        for (text, expected) in [
            ("长大", "zhang3 da4"),
            ("银行", "yin2 hang2"),
            ("重新", "chong2 xin1"),
            ("音乐", "yin1 yue4"),
            ("便宜", "pian2 yi5"),
            ("还钱", "huan2 qian2"),
            ("少年", "shao4 nian2"),
            ("觉得", "jue2 de5"),
            ("睡觉", "shui4 jiao4"),
            ("头发", "tou2 fa5"),
            ("我们都种着西瓜", "wo3 men5 dou1 zhong4 zhe5 xi1 gua1"),
            ("慢慢地走", "man4 man4 de5 zou3"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn yi_and_bu_change_before_other_tones() {
        for (text, expected) in [
            ("一个", "yi2 ge4"),
            ("一望无际", "yi2 wang4 wu2 ji4"),
            ("一天", "yi4 tian1"),
            ("一起", "yi4 qi3"),
            ("不是", "bu2 shi4"),
            ("不能", "bu4 neng2"),
            ("第一", "di4 yi1"),
            ("十一二岁", "shi2 yi1 er4 sui4"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_a_person_reads_them() {
        for (text, expected) in [
            ("15", "十五"),
            ("100", "一百"),
            ("110", "一百一十"),
            ("105", "一百零五"),
            ("1999年", "一九九九年"),
            ("3月", "三月"),
            ("2.5", "二点五"),
            ("80%", "百分之八十"),
            ("10086", "一万零八十六"),
            ("12,000", "一万二千"),
            ("007", "零零七"),
            ("１２", "十二"),
        ] {
            assert_eq!(numbers(text), expected, "{text}");
        }
    }

    #[test]
    fn scripts_are_spoken_apart() {
        let found = runs("他用 iPhone 打电话……好。", Language::Chinese);
        assert_eq!(
            found,
            [
                Run::Chinese("ta1 yong4".into()),
                Run::English("iPhone".into()),
                Run::Chinese("da3 dian4 hua4".into()),
                Run::Pause(420),
                Run::Chinese("hao3".into()),
                Run::Pause(280)
            ]
        );
    }
}
