// Which resources of CloudFormation are which of Terraform, and which of their properties go by
// another name there than the same in snake case. Checks are written for the names of Terraform.

export interface ResourceType {
  type: string
  /** From the name of a property, at any depth, to its path there. */
  names?: Readonly<Record<string, string>>
}

const vpcOfCluster = {
  ResourcesVpcConfig: 'vpc_config',
  Logging: 'logging',
}
const cluster = {
  MasterUserPassword: 'master_password',
  EnableCloudwatchLogsExports: 'enabled_cloudwatch_logs_exports',
  EnableIAMDatabaseAuthentication: 'iam_database_authentication_enabled',
  SnapshotIdentifier: 'snapshot_identifier',
}
const search = {
  AdvancedSecurityOptions: 'advanced_security_options',
  EncryptionAtRestOptions: 'encrypt_at_rest',
  NodeToNodeEncryptionOptions: 'node_to_node_encryption',
  VPCOptions: 'vpc_options',
  EnforceHTTPS: 'enforce_https',
  TLSSecurityPolicy: 'tls_security_policy',
}
const trust = { AssumeRolePolicyDocument: 'assume_role_policy' }
const document = { PolicyDocument: 'policy' }
const tls = { KmsMasterKeyId: 'kms_master_key_id', QueuePolicy: 'policy' }

export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::AmazonMQ::Broker': {
    type: 'aws_mq_broker',
    names: { UseAwsOwnedKey: 'use_aws_owned_key' },
  },
  'AWS::ApiGateway::Method': {
    type: 'aws_api_gateway_method',
    names: { AuthorizationType: 'authorization' },
  },
  'AWS::ApiGateway::RestApi': { type: 'aws_api_gateway_rest_api' },
  'AWS::ApiGateway::DomainName': { type: 'aws_api_gateway_domain_name' },
  'AWS::ApiGateway::Stage': {
    type: 'aws_api_gateway_stage',
    names: {
      AccessLogSetting: 'access_log_settings',
      TracingEnabled: 'xray_tracing_enabled',
    },
  },
  'AWS::ApiGatewayV2::Stage': { type: 'aws_apigatewayv2_stage' },
  'AWS::ApiGatewayV2::Route': { type: 'aws_apigatewayv2_route' },
  'AWS::AppSync::GraphQLApi': { type: 'aws_appsync_graphql_api' },
  'AWS::Athena::WorkGroup': {
    type: 'aws_athena_workgroup',
    names: {
      WorkGroupConfiguration: 'configuration',
      EnforceWorkGroupConfiguration: 'enforce_workgroup_configuration',
    },
  },
  'AWS::AutoScaling::LaunchConfiguration': {
    type: 'aws_launch_configuration',
    names: { BlockDeviceMappings: 'ebs_block_device', Ebs: '' },
  },
  'AWS::Backup::BackupVault': {
    type: 'aws_backup_vault',
    names: { EncryptionKeyArn: 'kms_key_arn' },
  },
  'AWS::CloudFront::Distribution': {
    type: 'aws_cloudfront_distribution',
    names: {
      DistributionConfig: '',
      Logging: 'logging_config',
      CacheBehaviors: 'ordered_cache_behavior',
      Origins: 'origin',
      OriginSSLProtocols: 'origin_ssl_protocols',
      WebACLId: 'web_acl_id',
      CloudFrontDefaultCertificate: 'cloudfront_default_certificate',
    },
  },
  'AWS::CloudTrail::Trail': {
    type: 'aws_cloudtrail',
    names: {
      KMSKeyId: 'kms_key_id',
      IsLogging: 'enable_logging',
      EnableLogFileValidation: 'enable_log_file_validation',
      CloudWatchLogsLogGroupArn: 'cloud_watch_logs_group_arn',
    },
  },
  'AWS::CodeBuild::Project': {
    type: 'aws_codebuild_project',
    names: { EnvironmentVariables: 'environment_variable', EncryptionKey: 'encryption_key' },
  },
  'AWS::Cognito::IdentityPool': { type: 'aws_cognito_identity_pool' },
  'AWS::Config::ConfigurationAggregator': {
    type: 'aws_config_configuration_aggregator',
    names: {
      AccountAggregationSources: 'account_aggregation_source',
      AllAwsRegions: 'all_regions',
    },
  },
  'AWS::Config::ConfigurationRecorder': { type: 'aws_config_configuration_recorder' },
  'AWS::DAX::Cluster': {
    type: 'aws_dax_cluster',
    names: { SSESpecification: 'server_side_encryption', SSEEnabled: 'enabled' },
  },
  'AWS::DMS::ReplicationInstance': { type: 'aws_dms_replication_instance' },
  'AWS::DocDB::DBCluster': { type: 'aws_docdb_cluster', names: cluster },
  'AWS::DynamoDB::Table': {
    type: 'aws_dynamodb_table',
    names: {
      SSESpecification: 'server_side_encryption',
      SSEEnabled: 'enabled',
      KMSMasterKeyId: 'kms_key_arn',
      PointInTimeRecoverySpecification: 'point_in_time_recovery',
      PointInTimeRecoveryEnabled: 'enabled',
    },
  },
  'AWS::EC2::FlowLog': { type: 'aws_flow_log', names: { ResourceId: 'vpc_id' } },
  'AWS::EC2::Instance': {
    type: 'aws_instance',
    names: { BlockDeviceMappings: 'ebs_block_device', Ebs: '' },
  },
  'AWS::EC2::LaunchTemplate': {
    type: 'aws_launch_template',
    names: { LaunchTemplateData: '' },
  },
  'AWS::EC2::NetworkAclEntry': {
    type: 'aws_network_acl_rule',
    names: { Ipv6CidrBlock: 'ipv6_cidr_block', From: 'from_port', To: 'to_port', PortRange: '' },
  },
  'AWS::EC2::SecurityGroup': {
    type: 'aws_security_group',
    names: { GroupDescription: 'description' },
  },
  'AWS::EC2::SecurityGroupEgress': {
    type: 'aws_vpc_security_group_egress_rule',
    names: { CidrIp: 'cidr_ipv4', CidrIpv6: 'cidr_ipv6', GroupId: 'security_group_id' },
  },
  'AWS::EC2::SecurityGroupIngress': {
    type: 'aws_vpc_security_group_ingress_rule',
    names: { CidrIp: 'cidr_ipv4', CidrIpv6: 'cidr_ipv6', GroupId: 'security_group_id' },
  },
  'AWS::EC2::Subnet': { type: 'aws_subnet' },
  'AWS::EC2::VPC': { type: 'aws_vpc' },
  'AWS::EC2::Volume': { type: 'aws_ebs_volume' },
  'AWS::ECR::Repository': {
    type: 'aws_ecr_repository',
    names: { RepositoryPolicyText: 'policy' },
  },
  'AWS::ECS::Cluster': { type: 'aws_ecs_cluster', names: { ClusterSettings: 'setting' } },
  'AWS::ECS::Service': {
    type: 'aws_ecs_service',
    names: { AwsvpcConfiguration: '' },
  },
  'AWS::ECS::TaskDefinition': {
    type: 'aws_ecs_task_definition',
    names: { Volumes: 'volume', EFSVolumeConfiguration: 'efs_volume_configuration' },
  },
  'AWS::EFS::FileSystem': {
    type: 'aws_efs_file_system',
    names: { FileSystemPolicy: 'policy' },
  },
  'AWS::EKS::Cluster': { type: 'aws_eks_cluster', names: vpcOfCluster },
  'AWS::EKS::Nodegroup': {
    type: 'aws_eks_node_group',
    names: { SourceSecurityGroups: 'source_security_group_ids' },
  },
  'AWS::ElastiCache::CacheCluster': { type: 'aws_elasticache_cluster' },
  'AWS::ElastiCache::ReplicationGroup': { type: 'aws_elasticache_replication_group' },
  'AWS::ElasticLoadBalancing::LoadBalancer': {
    type: 'aws_elb',
    names: { Listeners: 'listener', AccessLoggingPolicy: 'access_logs', Protocol: 'lb_protocol' },
  },
  'AWS::ElasticLoadBalancingV2::Listener': {
    type: 'aws_lb_listener',
    names: { DefaultActions: 'default_action', RedirectConfig: 'redirect' },
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    type: 'aws_lb',
    names: { Type: 'load_balancer_type' },
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': { type: 'aws_lb_target_group' },
  'AWS::Elasticsearch::Domain': { type: 'aws_elasticsearch_domain', names: search },
  'AWS::OpenSearchService::Domain': { type: 'aws_opensearch_domain', names: search },
  'AWS::IAM::Group': { type: 'aws_iam_group' },
  'AWS::IAM::ManagedPolicy': { type: 'aws_iam_policy', names: document },
  'AWS::IAM::Policy': { type: 'aws_iam_policy', names: document },
  'AWS::IAM::Role': { type: 'aws_iam_role', names: { ...trust, Policies: 'inline_policies' } },
  'AWS::Kinesis::Stream': {
    type: 'aws_kinesis_stream',
    names: { StreamEncryption: '', EncryptionType: 'encryption_type' },
  },
  'AWS::KinesisFirehose::DeliveryStream': {
    type: 'aws_kinesis_firehose_delivery_stream',
    names: {
      DeliveryStreamEncryptionConfigurationInput: 'server_side_encryption',
      KinesisStreamSourceConfiguration: 'kinesis_source_configuration',
    },
  },
  'AWS::KMS::Key': {
    type: 'aws_kms_key',
    names: { KeyPolicy: 'policy', KeySpec: 'customer_master_key_spec' },
  },
  'AWS::Lambda::Function': { type: 'aws_lambda_function' },
  'AWS::Lambda::Permission': {
    type: 'aws_lambda_permission',
    names: { PrincipalOrgID: 'principal_org_id' },
  },
  'AWS::Lambda::Url': {
    type: 'aws_lambda_function_url',
    names: { AuthType: 'authorization_type' },
  },
  'AWS::Logs::DeliverySource': { type: 'aws_cloudwatch_log_delivery_source' },
  'AWS::Logs::LogGroup': { type: 'aws_cloudwatch_log_group' },
  'AWS::MSK::Cluster': {
    type: 'aws_msk_cluster',
    names: {
      EncryptionInfo: 'encryption_info',
      EncryptionAtRest: '',
      DataVolumeKMSKeyId: 'encryption_at_rest_kms_key_arn',
    },
  },
  'AWS::Neptune::DBCluster': { type: 'aws_neptune_cluster', names: { KmsKeyId: 'kms_key_arn' } },
  'AWS::RDS::DBCluster': { type: 'aws_rds_cluster', names: cluster },
  'AWS::RDS::DBInstance': {
    type: 'aws_db_instance',
    names: {
      ...cluster,
      MasterUserPassword: 'password',
      DBSnapshotIdentifier: 'snapshot_identifier',
      SourceDBInstanceIdentifier: 'replicate_source_db',
      EnablePerformanceInsights: 'performance_insights_enabled',
      PerformanceInsightsKMSKeyId: 'performance_insights_kms_key_id',
    },
  },
  'AWS::RDS::GlobalCluster': { type: 'aws_rds_global_cluster' },
  'AWS::Redshift::Cluster': {
    type: 'aws_redshift_cluster',
    names: { MasterUserPassword: 'master_password' },
  },
  'AWS::Redshift::ClusterParameterGroup': {
    type: 'aws_redshift_parameter_group',
    names: { Parameters: 'parameter', ParameterName: 'name', ParameterValue: 'value' },
  },
  'AWS::S3::Bucket': {
    type: 'aws_s3_bucket',
    names: {
      BucketName: 'bucket',
      AccessControl: 'acl',
      LoggingConfiguration: 'logging',
      VersioningConfiguration: 'versioning',
      BucketEncryption: 'server_side_encryption_configuration',
      ServerSideEncryptionConfiguration: 'rule',
      ServerSideEncryptionByDefault: 'apply_server_side_encryption_by_default',
      KMSMasterKeyID: 'kms_master_key_id',
      SSEAlgorithm: 'sse_algorithm',
    },
  },
  'AWS::S3::BucketPolicy': { type: 'aws_s3_bucket_policy', names: document },
  'AWS::SageMaker::NotebookInstance': { type: 'aws_sagemaker_notebook_instance' },
  'AWS::SecretsManager::Secret': { type: 'aws_secretsmanager_secret' },
  'AWS::SecretsManager::ResourcePolicy': {
    type: 'aws_secretsmanager_secret_policy',
    names: { ResourcePolicy: 'policy' },
  },
  'AWS::SecretsManager::RotationSchedule': { type: 'aws_secretsmanager_secret_rotation' },
  'AWS::Serverless::Api': {
    type: 'aws_api_gateway_stage',
    names: { AccessLogSetting: 'access_log_settings', TracingEnabled: 'xray_tracing_enabled' },
  },
  'AWS::Serverless::HttpApi': { type: 'aws_apigatewayv2_stage' },
  'AWS::Serverless::SimpleTable': {
    type: 'aws_dynamodb_table',
    names: { SSESpecification: 'server_side_encryption', SSEEnabled: 'enabled' },
  },
  'AWS::Serverless::StateMachine': { type: 'aws_sfn_state_machine' },
  'AWS::Serverless::Function': {
    type: 'aws_lambda_function',
    names: { Tracing: 'tracing_config.mode' },
  },
  'AWS::SNS::Topic': { type: 'aws_sns_topic', names: tls },
  'AWS::SNS::TopicPolicy': { type: 'aws_sns_topic_policy', names: document },
  'AWS::SQS::Queue': { type: 'aws_sqs_queue', names: tls },
  'AWS::SQS::QueuePolicy': { type: 'aws_sqs_queue_policy', names: document },
  'AWS::SSM::Parameter': { type: 'aws_ssm_parameter' },
  'AWS::Transfer::Server': { type: 'aws_transfer_server' },
  'AWS::WorkSpaces::Workspace': { type: 'aws_workspaces_workspace' },
}
