//! Read-only, held at run time: every client carries this, and a call of an operation that is not on
//! the list fails before anything is sent.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::operations::is_permitted;

/// Refuses what is not on the list.
#[derive(Debug)]
pub(super) struct ReadOnly;

/// An operation that is not on the list.
#[derive(Debug, thiserror::Error)]
#[error("this program is read-only and does not call `{0}`")]
pub(super) struct NotPermitted(String);

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for ReadOnly {
    fn name(&self) -> &'static str {
        "ReadOnly"
    }

    // Not earlier: the operation's name is known only once its own configuration is in.
    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // An operation without a name cannot be checked, so it is refused as well.
        let (service, name) = config
            .load::<Metadata>()
            .map_or(("?", "?"), |metadata| (metadata.service(), metadata.name()));
        if is_permitted(service, name) {
            return Ok(());
        }
        Err(NotPermitted(format!("{service}:{name}")).into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::TcpListener;

    use aws_config::{BehaviorVersion, Region, SdkConfig};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;

    use crate::aws::FaultKind;
    use crate::aws::clients::{Clients, no_retries, timeouts};
    use crate::aws::fault;
    use crate::aws::signed::{Call, Service};

    /// Clients as the program makes them, and a listener that nobody should come to.
    fn clients() -> (Clients, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let keys = Credentials::new("AKIA", "secret", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .retry_config(no_retries())
            .timeout_config(timeouts())
            .http_client(aws_smithy_runtime_api::client::http::http_client_fn(
                |_, _| unreachable!("nothing may be sent"),
            ))
            .build();
        let services =
            ["iam", "sts", "organizations", "s3"].map(|name| (name.to_owned(), url.clone()));
        (Clients::new(&config, &BTreeMap::from(services)), listener)
    }

    #[tokio::test]
    async fn an_operation_that_is_not_on_the_list_is_refused_before_anything_is_sent() {
        let (clients, listener) = clients();
        let iam = clients
            .iam
            .delete_role()
            .role_name("x")
            .send()
            .await
            .unwrap_err();
        let sts = clients.sts.get_session_token().send().await.unwrap_err();
        let organizations = clients
            .organizations
            .leave_organization()
            .send()
            .await
            .unwrap_err();
        let faults = [
            (fault::of_call("x", &iam), "IAM:DeleteRole"),
            (fault::of_call("x", &sts), "STS:GetSessionToken"),
            (
                fault::of_call("x", &organizations),
                "Organizations:LeaveOrganization",
            ),
        ];
        for (fault, name) in faults {
            assert_eq!(fault.kind, FaultKind::Other);
            assert!(
                fault.message.contains("read-only") && fault.message.contains(name),
                "{fault}"
            );
        }
        static S3: Service = Service {
            name: "S3",
            id: "s3",
            config_id: "s3",
            host: "s3",
        };
        let call = Call {
            service: &S3,
            operation: "DeleteBucketPolicy",
            region: "us-east-1".to_owned(),
            method: "DELETE",
            path: "/bucket?policy=".to_owned(),
            headers: Vec::new(),
            body: String::new(),
        };
        let single = clients.signed.send(&call).await.unwrap_err();
        assert!(
            single.message.contains("read-only")
                && single.message.contains("S3:DeleteBucketPolicy"),
            "{single}"
        );
        listener.set_nonblocking(true).unwrap();
        assert!(listener.accept().is_err(), "nobody came");
    }
}
