import requests

BASE_URL = "http://localhost:8000/api/v1"
token = "your_jwt_token"

headers = {
    "Authorization": f"Bearer {token}",
    "Content-Type": "application/json"
}

data = {
    "novel_text": "这是一段小说文本...",
    "options": {
        "style": "anime",
        "aspect_ratio": "16:9"
    }
}

response = requests.post(f"{BASE_URL}/tasks", json=data, headers=headers)
result = response.json()
task_id = result["data"]["task_id"]

print(f"任务创建成功: {task_id}")

while True:
    status_response = requests.get(f"{BASE_URL}/tasks/{task_id}", headers=headers)
    status = status_response.json()["data"]["status"]
    
    if status == "completed":
        result_response = requests.get(f"{BASE_URL}/tasks/{task_id}/result", headers=headers)
        video_url = result_response.json()["data"]["video_url"]
        print(f"视频生成完成: {video_url}")
        break
    elif status == "failed":
        print("任务失败")
        break
    
    time.sleep(5)
