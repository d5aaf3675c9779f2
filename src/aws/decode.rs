//! `DecodeAuthorizationMessage`: what an encoded authorization message says.

use super::Connection;
use super::fault::{self, AwsError};
use super::retry::retrying;

/// The JSON text of an encoded message.
///
/// # Errors
/// What AWS said: that the caller may not decode, or that the message is not one of its own.
pub async fn decode_message(connection: &Connection, encoded: &str) -> Result<String, AwsError> {
    let action = "sts:DecodeAuthorizationMessage";
    let answer = retrying(|| async {
        let sts = &connection.clients.sts;
        let call = sts.decode_authorization_message().encoded_message(encoded);
        let answer = call.send().await;
        answer.map_err(|error| fault::of_call(action, &error))
    })
    .await?;
    Ok(answer.decoded_message().unwrap_or_default().to_owned())
}
