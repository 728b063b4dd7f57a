Feature: What an auditor asks of the foundation

  Scenario: The key is rotated
    Given I have aws_kms_key defined
    Then it must contain enable_key_rotation
    And its value must be true

  Scenario: The trail records every region
    Given I have aws_cloudtrail defined
    Then it must contain is_multi_region_trail
    And its value must be true

  Scenario: The logs are encrypted with the key
    Given I have aws_s3_bucket_server_side_encryption_configuration defined
    Then it must contain rule
    And it must contain apply_server_side_encryption_by_default
    And it must contain sse_algorithm
    And its value must be aws:kms

  Scenario: Nobody from outside reads the logs
    Given I have aws_s3_bucket_public_access_block defined
    Then it must contain restrict_public_buckets
    And its value must be true
