//! A client's end of a WebSocket: frames of JSON that come in time, and the code it is closed with.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// How long a frame may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Socket(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

impl Socket {
    pub async fn open(request: impl IntoClientRequest + Unpin) -> Self {
        Self(connect_async(request).await.unwrap().0)
    }

    /// The next frame, or the close code; 0 where the connection ended without one.
    pub async fn next(&mut self) -> Result<Value, u16> {
        self.next_within(PATIENCE).await
    }

    /// As [`Socket::next`], where it may take longer.
    pub async fn next_within(&mut self, patience: Duration) -> Result<Value, u16> {
        tokio::time::timeout(patience, self.frame()).await.expect("a frame in time")
    }

    async fn frame(&mut self) -> Result<Value, u16> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(close))) => return Err(close.map_or(0, |close| close.code.into())),
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return Err(0),
            }
        }
    }

    /// The code it is closed with, whatever comes before.
    pub async fn closed(&mut self) -> u16 {
        let code = async {
            loop {
                if let Err(code) = self.next().await {
                    return code;
                }
            }
        };
        tokio::time::timeout(PATIENCE, code).await.expect("closed in time")
    }

    pub async fn say(&mut self, text: impl Into<String>) {
        self.0.send(Message::Text(text.into().into())).await.unwrap();
    }

    /// Says the same many times in one go, and does not mind being cut off.
    pub async fn chatter(&mut self, text: &str, times: usize) {
        for _ in 0..times {
            let _ = self.0.feed(Message::text(text)).await;
        }
        let _ = self.0.flush().await;
    }

    /// What is answered to a frame, whatever updates come between.
    pub async fn ask(&mut self, text: impl Into<String>) -> Value {
        self.say(text).await;
        loop {
            let frame = self.next().await.unwrap();
            if frame["type"] != "task_update" && frame["type"] != "notification" {
                return frame;
            }
        }
    }
}
