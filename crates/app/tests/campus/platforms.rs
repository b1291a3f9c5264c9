//! A whole course at a Moodle site, through the public API: what a learner reads of it is an honest log.

use serde_json::{Value, json};

use crate::{
    Campus, canvas,
    site::{Mode, stand_in},
};

impl Campus {
    /// Somebody who learns at a Moodle site, whose address they pasted from the page that they were looking at.
    async fn at_moodle(&self, name: &str, site: &str) -> String {
        let token = self.learner(name).await;
        let config = json!({
            "platform": "moodle", "site": format!("{site}/course/view.php?id=2#section-1"),
            "cx_username": name, "cx_password": "class", "notopen_action": "continue",
        });
        let (status, answer) = self.call("PUT", "/user/config", &token, Some(config)).await;
        assert_eq!((status, answer["site"].as_str()), (200, Some(site)), "{answer}");
        token
    }

    async fn studied(&self, token: &str, task: Value) -> (Value, Vec<String>) {
        let (status, made) = self.call("POST", "/tasks", token, Some(task)).await;
        assert_eq!(status, 201, "{made}");
        let id = made["id"].as_i64().unwrap();
        assert_eq!(self.call("POST", &format!("/tasks/{id}/start"), token, None).await.0, 200);
        let ended = |task: &Value| matches!(task["status"].as_str(), Some("completed" | "failed"));
        let task = self.until(token, id, ended).await;
        let lines = task["logs"].as_array().unwrap().iter().rev();
        let log = lines.map(|line| format!("{} {}", line["level"].as_str().unwrap(), line["message"].as_str().unwrap())).collect();
        (task, log)
    }
}

#[tokio::test]
async fn the_log_of_a_course_is_an_honest_one() {
    let campus = Campus::start(&[]).await;
    let (site, url) = stand_in().await;
    let token = campus.at_moodle("alice", &url).await;
    let (task, log) = campus.studied(&token, json!({ "name": "逻辑", "course_ids": ["2"], "tick_manual": true })).await;
    assert_eq!((&task["status"], &task["completed_courses"], &task["error"]), (&json!("completed"), &json!(1), &Value::Null));
    assert_eq!(
        log,
        [
            "INFO 任务已启动",
            "INFO 开始学习任务「逻辑」",
            "INFO 已登录学习平台",
            "INFO 获取到 3 门课程，本次学习 1 门",
            "WARNING 课程列表中有 2 项无法识别，需本人查看：第 3 项、Broken",
            "INFO 开始学习课程《Course & One》（1/1），共 15 个任务点",
            "INFO 当前任务: 📄 Manual page",
            "INFO 已完成: 📄 Manual page",
            "INFO 当前任务: 🔗 Manual url",
            "INFO 已完成: 🔗 Manual url",
            "INFO 此前已完成，跳过 2 项: 📄 Manual label、📄 Seen book",
            "WARNING 留给本人: 📝 Quiz（需要成绩，须由本人完成）",
            "WARNING 留给本人: 📮 Essay（需要提交，须由本人完成）",
            "WARNING 留给本人: 📎 View me（需本人在学习平台上打开学习）",
            "WARNING 留给本人: 📝 Failed quiz（成绩未达标，需本人完成）",
            "WARNING 留给本人 2 项: 📌 Package & more、💬 Talk（需本人参与后确认完成，创建任务时可选择连同活动一并勾选）",
            "WARNING 留给本人: 📝 Quiz by hand（测验须由本人完成后自行确认）",
            "WARNING 留给本人: 📮 Essay by hand（作业须由本人完成后自行确认）",
            "WARNING 留给本人: 📄 Not on the page（课程页面上没有列出，请向教师确认）",
            "WARNING 留给本人: 📄 A teacher's（该账号在这门课程中不是学员，勾选不计入完成度）",
            "WARNING 尚未开放，已跳过: 📄 Later（Available from 1 January 2030）",
            "INFO 课程《Course & One》学习结束：完成 2 项，此前已完成 2 项，留给本人 11 项，失败 0 项",
            "INFO 任务完成：完成 1/1 门课程，学习 2 项，此前已完成 2 项，留给本人 11 项；其中 2 项可以勾选完成，创建任务时没有选择代为勾选，因此未勾选",
        ]
    );
    assert_eq!(*site.ticked.lock().unwrap(), ["11", "12"], "what was ticked is what the log says");
    // Without a word about ticks the platform is only read, and that does not read as completed.
    let (task, log) = campus.studied(&token, json!({ "name": "只看", "course_ids": ["2"] })).await;
    assert_eq!((&task["status"], &task["completed_courses"]), (&json!("completed"), &json!(0)));
    assert!(log.iter().any(|line| line.starts_with("INFO 任务结束：已查看 1/1 门课程，没有代为完成任何内容")), "{log:?}");
    assert_eq!(site.ticked.lock().unwrap().len(), 2);
    campus.server.check();
}

#[tokio::test]
async fn what_is_wrong_at_a_platform_is_said_in_one_sentence() {
    let campus = Campus::start(&[]).await;
    let (site, url) = stand_in().await;
    let token = campus.at_moodle("alice", &url).await;
    site.set(Mode::Chain);
    let task = json!({ "name": "逻辑", "course_ids": ["2"], "tick_manual": true });
    let (done, _) = campus.studied(&token, task.clone()).await;
    assert_eq!((&done["status"], site.ticked.lock().unwrap().len()), (&json!("completed"), 6));
    for (name, mode, last) in [
        ("carol", Mode::Owed("sitepolicynotagreed"), "ERROR 任务失败：学习平台要求先同意站点协议，请登录学习平台同意后重新启动任务"),
        (
            "dave",
            Mode::PutOut,
            "ERROR 任务失败：课程列表中有 2 项无法识别，需本人查看：第 3 项、Broken；《Course & One》无法学习：已不在这门课程中",
        ),
    ] {
        let token = campus.at_moodle(name, &url).await;
        site.set(mode);
        let (failed, log) = campus.studied(&token, task.clone()).await;
        assert_eq!((&failed["status"], log.last().map(String::as_str)), (&json!("failed"), Some(last)), "{log:?}");
        site.set(Mode::Good);
    }
    let (status, answer) = campus.call("PUT", "/user/config", &token, Some(json!({ "site": format!("{url}/nowhere") }))).await;
    assert_eq!((status, &answer["detail"]), (400, &json!("该地址不是 Moodle 站点（404），请检查站点设置")), "{answer}");
    // A pasted token that is dead is asked for as a token.
    let pasted = json!({ "cx_token": "ffffffffffffffffffffffffffffffff" });
    assert_eq!(campus.call("PUT", "/user/config", &token, Some(pasted)).await.0, 200);
    let (status, answer) = campus.call("GET", "/courses/list", &token, None).await;
    let detail = answer["detail"].as_str().unwrap();
    assert!(status == 400 && detail.contains("登录学习平台失败（Moodle）") && detail.contains("cx_token"), "{detail}");
    // A site that signs in by browser says so, and goes on saying so.
    site.set(Mode::BrowserLogin);
    let browser = campus.at_moodle("bob", &url).await;
    for _ in 0..2 {
        let (_, answer) = campus.call("GET", "/courses/list", &browser, None).await;
        assert!(answer["detail"].as_str().unwrap().contains("统一身份认证"), "{answer}");
    }
    campus.server.check();
}

/// The same at a Canvas site, with the token that its learner pasted.
#[tokio::test]
async fn a_course_at_canvas_is_told_as_honestly() {
    let campus = Campus::start(&[]).await;
    let (site, url) = canvas::stand_in().await;
    let token = campus.learner("alice").await;
    let place =
        json!({ "platform": "canvas", "site": format!("{url}/courses/71/modules"), "cx_password": "", "notopen_action": "continue" });
    let (status, answer) = campus.call("PUT", "/user/config", &token, Some(place)).await;
    assert_eq!((status, answer["site"].as_str()), (200, Some(url.as_str())), "{answer}");
    let (status, answer) = campus.call("GET", "/courses/list", &token, None).await;
    assert!(status == 400 && answer["detail"].as_str().unwrap().contains("cx_token（Canvas）"), "{answer}");
    assert_eq!(campus.call("PUT", "/user/config", &token, Some(json!({ "cx_token": canvas::TOKEN }))).await.0, 200);
    let (_, listed) = campus.call("GET", "/courses/list", &token, None).await;
    assert_eq!((&listed[0]["courseName"], &listed[0]["progress"]), (&json!("Logic & Proof"), &json!(25)));
    let (task, log) = campus.studied(&token, json!({ "name": "逻辑", "course_ids": ["71"], "tick_manual": true })).await;
    assert_eq!((&task["status"], &*site.marked.lock().unwrap()), (&json!("completed"), &vec!["101".to_owned()]));
    for line in [
        "INFO 已完成: 📄 Mark me",
        "WARNING 留给本人: 📄 Read me（需本人在学习平台上打开学习）",
        "WARNING 尚未开放，已跳过: 🔗 Says yes and does nothing（尚未开放，学习平台没有接受勾选）",
        "INFO 课程《Logic & Proof》学习结束：完成 1 项，此前已完成 1 项，留给本人 10 项，失败 0 项",
    ] {
        assert!(log.contains(&line.to_owned()), "{line}: {log:#?}");
    }
    campus.server.check();
}

/// A class lists its courses at once, and all are answered; a service that was switched off meanwhile costs nobody their token.
#[tokio::test]
async fn a_class_is_served_and_keeps_its_tokens() {
    let campus = Campus::start(&[("CAMPUS_REGISTRATIONS_PER_HOUR", "1000")]).await;
    let (site, url) = stand_in().await;
    *site.delay.lock().unwrap() = std::time::Duration::from_millis(50);
    let mut tokens = Vec::new();
    for number in 0..30 {
        tokens.push(campus.at_moodle(&format!("learner{number}"), &url).await);
    }
    let list = async |token: &String| campus.call("GET", "/courses/list", token, None).await;
    let listed = futures_util::future::join_all(tokens.iter().map(list)).await;
    assert!(listed.iter().all(|(status, courses)| *status == 200 && courses.as_array().unwrap().len() == 3), "{listed:?}");
    assert!(site.most_at_once() <= 8);
    let studied = async |token| campus.studied(token, json!({ "name": "逻辑", "course_ids": ["2"] })).await.0["status"].clone();
    site.set(Mode::ServiceOff);
    let (_, refused) = campus.call("GET", "/courses/list", &campus.at_moodle("late", &url).await, None).await;
    assert!(refused["detail"].as_str().unwrap().contains("没有开放 Moodle 网络服务"), "{refused}");
    site.set(Mode::Good);
    assert_eq!(studied(&tokens[0]).await, json!("completed"));
}
