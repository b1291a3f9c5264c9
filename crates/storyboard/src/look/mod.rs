//! The offline analyser: looks at a picture without any model (colours, light, composition, subject, text) and writes a prompt from
//! what it measured. It says that it is offline, and names nothing that it cannot know.

mod measure;

use ports::{
    fault::Fault,
    vision::{Question, Vision},
};

pub use measure::{Light, Looks, Shape, look};

/// The offline analyser.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfflineVision;

#[async_trait::async_trait]
impl Vision for OfflineVision {
    fn unpacks(&self) -> bool {
        true
    }

    async fn look(&self, question: Question) -> Result<String, Fault> {
        let looks = tokio::task::spawn_blocking(move || look(&question.picture)).await;
        let looks = looks.map_err(|error| Fault::passing(format!("look: {error}")))?;
        looks.map(|looks| written(&looks)).ok_or_else(|| Fault::lasting("the picture cannot be decoded"))
    }
}

/// A prompt from what was measured, in Chinese with a line of English keywords.
fn written(looks: &Looks) -> String {
    let colours: Vec<String> = looks.palette.iter().map(|(colour, share)| format!("{}约 {share}%", colour.0)).collect();
    let english: Vec<&str> = looks.palette.iter().map(|(colour, _)| colour.1).collect();
    let shape = match looks.shape {
        Shape::Wide => ("横幅画面", "wide shot"),
        Shape::Tall => ("竖幅画面", "vertical frame"),
        Shape::Square => ("方形画面", "square frame"),
    };
    let key = match looks.light {
        Light::High => ("高调、明亮", "high-key bright lighting"),
        Light::Low => ("低调、深沉", "low-key dark lighting"),
        Light::Even => ("光线均匀", "even soft lighting"),
        Light::Hard => ("明暗对比强烈", "hard contrasty lighting"),
    };
    let warmth = match looks.warmth {
        ..=-12 => ("冷色调", "cool tones"),
        12.. => ("暖色调", "warm tones"),
        _ => ("中性色调", "neutral tones"),
    };
    let subject = match looks.subject {
        Some(subject) => {
            format!("主体位于画面{}，约占 {}%，{}", subject.place, subject.share, if subject.plain { "背景干净" } else { "背景有细节" })
        }
        None => "没有与背景明显分开的主体，画面以整体纹理和层次为主".to_owned(),
    };
    let balance = if looks.symmetric { "左右对称，构图稳定" } else { "构图不对称，视线有方向" };
    let text = if looks.text {
        "画面中可能有文字，请保持原样清晰可读"
    } else {
        "画面中未见明显文字，不要添加文字"
    };
    let motion = match (looks.shape, looks.subject) {
        (Shape::Tall, Some(_)) => "镜头从下向上缓慢摇起，停在主体上",
        (_, Some(_)) => "镜头缓慢推近主体，随后轻微环绕",
        (_, None) => "镜头平稳横移，展示整体层次",
    };
    format!(
        "【离线分析】本服务器未配置视觉模型，以下提示词由画面测量得出，不含对物体名称的判断，请补充商品或人物名称。\n\
         画面：{}，{}×{}；主要颜色 {}；{}，{}。\n\
         主体与构图：{subject}；{balance}。\n\
         文字：{text}。\n\
         提示词：以[商品或主体名称]为主角，{}，{}，{}，色彩以{}为主，质感清晰，{motion}，节奏舒缓，画质细腻，真实自然。\n\
         Keywords: {}, {}, {}, {}, {}, product video, high detail, no watermark",
        shape.0,
        looks.width,
        looks.height,
        colours.join("、"),
        key.0,
        warmth.0,
        shape.0,
        key.0,
        warmth.0,
        looks.palette.iter().map(|(colour, _)| colour.0).collect::<Vec<_>>().join("、"),
        english.join(" and "),
        key.1,
        warmth.1,
        shape.1,
        if looks.symmetric { "symmetrical composition" } else { "dynamic composition" },
    )
}
