-- Why a platform refused what a learner gave, in words for them, and whether the token was pasted by them.

ALTER TABLE campus_places ADD COLUMN refusal {text};
ALTER TABLE campus_places ADD COLUMN pasted {int} NOT NULL DEFAULT 0;
UPDATE campus_places SET refusal = '学习平台不接受当前的账号或密码，请在配置管理中重新填写' WHERE refused <> 0;
ALTER TABLE campus_places DROP COLUMN refused;
