"""Fills a server on loopback with an account, and asks it what it allows.

account.py URL create FILE   creates entities, writes what was created as JSON
account.py URL resources FILE  creates resources with policies, writes ARN and policy of each as JSON
account.py URL probe FILE    sends requests with real credentials, writes one JSON line for each:
                             who asked for what, and whether the server let it through
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
CONFIG = Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=20)


def client(service, url, keys=None):
    keys = keys or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", config=CONFIG, **keys)


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


TRUST = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"})


def lister(iam):
    """Keys of a user who may read everything, but not in one go."""
    iam.create_user(UserName="lister")
    text = document(allow(["iam:Get*", "iam:List*"]), deny("iam:GetAccountAuthorizationDetails"))
    iam.put_user_policy(UserName="lister", PolicyName="read", PolicyDocument=json.dumps(text))
    key = iam.create_access_key(UserName="lister")["AccessKey"]
    return [key["AccessKeyId"], key["SecretAccessKey"]]


def create(url, roles=320):
    iam = client("iam", url)
    made = {"roles": {}, "users": {}, "groups": {}, "policies": {}, "lister": lister(iam)}
    policies = []
    for n in range(30):
        text = document(allow([f"s3:Get{'Object' if n % 2 else '*'}", "sqs:SendMessage"], f"arn:aws:s3:::bucket-{n}/*"))
        path = "/" if n % 3 else "/managed/"
        arn = iam.create_policy(PolicyName=f"policy-{n}", Path=path, PolicyDocument=json.dumps(text))["Policy"]["Arn"]
        made["policies"][arn] = text
        policies.append(arn)
    # A second version in force, so that the default one is told from the first.
    second = document(allow("sns:Publish"))
    iam.create_policy_version(PolicyArn=policies[0], PolicyDocument=json.dumps(second), SetAsDefault=True)
    made["policies"][policies[0]] = second
    for n in range(roles):
        name = f"role-{n}"
        path = ["/", "/team/", "/team/deep/er/"][n % 3]
        trust = document({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}) if n % 2 else TRUST
        more = {"PermissionsBoundary": policies[n % 30]} if n % 5 == 0 else {}
        tags = {"team": f"team {n % 7}", "owner": "jane/doe"} if n % 4 == 0 else {}
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust),
                        Tags=[{"Key": key, "Value": value} for key, value in tags.items()], **more)
        inline, attached = {}, []
        for i in range(n % 3):
            inline[f"inline-{i}"] = document(allow("dynamodb:GetItem", f"arn:aws:dynamodb:*:*:table/t{n}"))
            iam.put_role_policy(RoleName=name, PolicyName=f"inline-{i}", PolicyDocument=json.dumps(inline[f"inline-{i}"]))
        for i in range(n % 4):
            attached.append(policies[(n + i) % 30])
            iam.attach_role_policy(RoleName=name, PolicyArn=attached[-1])
        made["roles"][name] = {"path": path, "trust": trust, "inline": inline, "managed": sorted(attached), "tags": tags,
                               "boundary": more.get("PermissionsBoundary")}
    for n in range(12):
        name = f"group-{n}"
        iam.create_group(GroupName=name, Path="/groups/")
        inline = {"own": document(allow("ec2:Describe*"))}
        iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=json.dumps(inline["own"]))
        iam.attach_group_policy(GroupName=name, PolicyArn=policies[n])
        made["groups"][name] = {"path": "/groups/", "inline": inline, "managed": [policies[n]]}
    for n in range(25):
        name = f"user-{n}"
        iam.create_user(UserName=name, Path="/people/", Tags=[{"Key": "n", "Value": str(n)}])
        groups = [f"group-{n % 12}"] + ([f"group-{(n + 5) % 12}"] if n % 2 else [])
        for group in groups:
            iam.add_user_to_group(GroupName=group, UserName=name)
        inline = {"own": document(allow("s3:ListBucket", "arn:aws:s3:::bucket"))} if n % 2 else {}
        for policy, text in inline.items():
            iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=json.dumps(text))
        made["users"][name] = {"path": "/people/", "groups": sorted(groups), "inline": inline, "tags": {"n": str(n)}}
    return made


USERS = {
    "reader": [allow("s3:GetObject", "arn:aws:s3:::data/*")],
    "careful": [allow("s3:*"), deny("s3:DeleteObject", "arn:aws:s3:::data/protected/*"), deny("s3:PutObject", "*", Condition={"StringEquals": {"aws:username": "careful"}})],
    "bounded": [allow("*")],
    "prefixed": [allow("s3:ListBucket", "arn:aws:s3:::data", Condition={"StringLike": {"s3:prefix": ["home/*", "public/*"]}}), allow("s3:GetObject", "arn:aws:s3:::data/home/*")],
    "nearly-all": [{"Effect": "Allow", "NotAction": ["iam:*", "sqs:*"], "Resource": "*"}],
    "elsewhere": [{"Effect": "Allow", "Action": "s3:*", "NotResource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]}],
    # Without a policy variable: ministack does not know them.
    "own-folder": [allow("s3:*Object", "arn:aws:s3:::data/own-folder/*")],
    "from-here": [allow("sqs:*", Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}), allow("s3:GetObject", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})],
    "with-tls": [allow("*"), deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})],
    "grouped": [],
    "nobody": [],
    "wild": [allow(["s?s:Send*", "dynamodb:*Item", "S3:get*"], "*")],
}
ROLES = {
    "worker": ([allow(["sqs:*", "dynamodb:*"])], None),
    "narrowed": ([allow("*")], document(allow(["s3:Get*", "s3:List*"]))),
    "refused": ([allow("*"), deny("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:one")], None),
}
BUCKET_POLICY = document(
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/*"},
    {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/closed/*"},
)


def requests(url, keys):
    s3, sqs, dynamodb = (client(name, url, keys) for name in ("s3", "sqs", "dynamodb"))
    sns, secrets, iam = (client(name, url, keys) for name in ("sns", "secretsmanager", "iam"))
    queue = lambda name: f"{url}/{ACCOUNT}/{name}"
    arn = f"arn:aws:{{}}:us-east-1:{ACCOUNT}:{{}}"
    for bucket, key in [("data", "a"), ("data", "protected/a"), ("data", "home/a"), ("data", "own-folder/a"), ("other", "a"), ("shared", "a"), ("shared", "closed/a")]:
        yield "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}", {}, lambda b=bucket, k=key: s3.get_object(Bucket=b, Key=k)
    for bucket, key in [("data", "new"), ("data", "own-folder/new"), ("other", "new")]:
        yield "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}", {}, lambda b=bucket, k=key: s3.put_object(Bucket=b, Key=k, Body=b"x")
    yield "s3:DeleteObject", "arn:aws:s3:::data/protected/none", {}, lambda: s3.delete_object(Bucket="data", Key="protected/none")
    yield "s3:DeleteObject", "arn:aws:s3:::data/none", {}, lambda: s3.delete_object(Bucket="data", Key="none")
    for prefix in ["home/x", "secret/"]:
        yield "s3:ListBucket", "arn:aws:s3:::data", {"s3:prefix": prefix}, lambda p=prefix: s3.list_objects_v2(Bucket="data", Prefix=p)
    for name in ["one", "two"]:
        yield "sqs:SendMessage", arn.format("sqs", name), {}, lambda n=name: sqs.send_message(QueueUrl=queue(n), MessageBody="x")
    yield "sqs:ReceiveMessage", arn.format("sqs", "one"), {}, lambda: sqs.receive_message(QueueUrl=queue("one"))
    yield "dynamodb:GetItem", arn.format("dynamodb", "table/orders"), {}, lambda: dynamodb.get_item(TableName="orders", Key={"id": {"S": "1"}})
    yield "dynamodb:PutItem", arn.format("dynamodb", "table/orders"), {}, lambda: dynamodb.put_item(TableName="orders", Item={"id": {"S": "1"}})
    yield "sns:Publish", arn.format("sns", "news"), {}, lambda: sns.publish(TopicArn=arn.format("sns", "news"), Message="x")
    yield "iam:ListRoles", "*", {}, lambda: iam.list_roles()
    yield "secretsmanager:ListSecrets", "*", {}, lambda: secrets.list_secrets()


def probe(url):
    iam, s3, sts = client("iam", url), client("s3", url), client("sts", url)
    yield {"lister": lister(iam)}
    for bucket in ["data", "other", "shared"]:
        s3.create_bucket(Bucket=bucket)
        for key in ["a", "protected/a", "home/a", "own-folder/a", "closed/a"]:
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    s3.put_bucket_policy(Bucket="shared", Policy=json.dumps(BUCKET_POLICY))
    for name in ["one", "two"]:
        client("sqs", url).create_queue(QueueName=name)
    client("dynamodb", url).create_table(TableName="orders", BillingMode="PAY_PER_REQUEST",
                                         KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                                         AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    client("sns", url).create_topic(Name="news")
    boundary = iam.create_policy(PolicyName="read-only", PolicyDocument=json.dumps(document(allow(["s3:GetObject", "s3:ListBucket", "iam:List*"]))))["Policy"]["Arn"]
    iam.create_group(GroupName="senders")
    iam.put_group_policy(GroupName="senders", PolicyName="send", PolicyDocument=json.dumps(document(allow(["sqs:SendMessage", "sns:*"]))))
    who = []
    for name, statements in USERS.items():
        more = {"PermissionsBoundary": boundary} if name == "bounded" else {}
        iam.create_user(UserName=name, **more)
        if name == "grouped":
            iam.add_user_to_group(GroupName="senders", UserName=name)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(document(*statements)))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        who.append((f"arn:aws:iam::{ACCOUNT}:user/{name}", None,
                    {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}))
    for name, (statements, session) in ROLES.items():
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document(*statements)))
        more = {"Policy": json.dumps(session)} if session else {}
        keys = sts.assume_role(RoleArn=role, RoleSessionName="probe", **more)["Credentials"]
        who.append((role, session, {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"], "aws_session_token": keys["SessionToken"]}))
    for principal, session, keys in who:
        for action, resource, context, call in requests(url, keys):
            try:
                call()
                allowed, code = True, None
            except ClientError as error:
                code = error.response["Error"]["Code"]
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                # Anything but a refusal means that the request got past authorisation.
                allowed = not (status in (400, 403) and ("AccessDenied" in code or "Authorization" in code))
            shared = resource.startswith("arn:aws:s3:::shared/")
            yield {"principal": principal, "action": action, "resource": resource, "session_policy": session,
                   "resource_policy": BUCKET_POLICY if shared else None, "allowed": allowed, "code": code,
                   "context": {"aws:SourceIp": "127.0.0.1", "aws:SecureTransport": "false", **context}}


def resources(url):
    """A resource of every kind whose policy can be read, each with a policy that names its reader."""
    iam = client("iam", url)
    made = {"lister": lister(iam), "policies": {}}
    text = document(allow(["s3:GetBucketPolicy", "kms:*", "sqs:*", "sns:*", "secretsmanager:*", "lambda:*", "ecr:*"]))
    iam.put_user_policy(UserName="lister", PolicyName="resources", PolicyDocument=json.dumps(text))
    reader = f"arn:aws:iam::{ACCOUNT}:user/lister"

    def policy(sid, action, resource="*"):
        # A key's policy decides alone unless it trusts the account's own policies.
        owner = {"Sid": "Owner", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                 "Action": action.split(":")[0] + ":*", "Resource": resource}
        return document(owner, {"Sid": sid, "Effect": "Deny", "Principal": {"AWS": reader}, "Action": action, "Resource": resource})

    s3 = client("s3", url)
    s3.create_bucket(Bucket="policed")
    made["policies"]["arn:aws:s3:::policed/key"] = ("s3:GetObject", policy("OfBucket", "s3:GetObject", "arn:aws:s3:::policed/*"))
    s3.put_bucket_policy(Bucket="policed", Policy=json.dumps(made["policies"]["arn:aws:s3:::policed/key"][1]))
    kms = client("kms", url)
    key = kms.create_key()["KeyMetadata"]
    made["policies"][key["Arn"]] = ("kms:Encrypt", policy("OfKey", "kms:Encrypt"))
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=json.dumps(made["policies"][key["Arn"]][1]))
    sqs = client("sqs", url)
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:policed"
    made["policies"][queue] = ("sqs:PurgeQueue", policy("OfQueue", "sqs:PurgeQueue"))
    sqs.create_queue(QueueName="policed", Attributes={"Policy": json.dumps(made["policies"][queue][1])})
    sns = client("sns", url)
    topic = sns.create_topic(Name="policed")["TopicArn"]
    made["policies"][topic] = ("sns:Publish", policy("OfTopic", "sns:Publish"))
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(made["policies"][topic][1]))
    secrets = client("secretsmanager", url)
    secret = secrets.create_secret(Name="policed", SecretString="x")["ARN"]
    made["policies"][secret] = ("secretsmanager:GetSecretValue", policy("OfSecret", "secretsmanager:GetSecretValue"))
    secrets.put_resource_policy(SecretId=secret, ResourcePolicy=json.dumps(made["policies"][secret][1]))
    ecr = client("ecr", url)
    repository = ecr.create_repository(repositoryName="team/policed")["repository"]["repositoryArn"]
    made["policies"][repository] = ("ecr:BatchGetImage", policy("OfRepository", "ecr:BatchGetImage"))
    ecr.set_repository_policy(repositoryName="team/policed", policyText=json.dumps(made["policies"][repository][1]))
    return made


def main():
    url, command, path = sys.argv[1:4]
    with open(path, "w", encoding="utf-8") as out:
        if command == "create":
            json.dump(create(url), out)
        elif command == "resources":
            json.dump(resources(url), out)
        else:
            for line in probe(url):
                out.write(json.dumps(line) + "\n")


main()
