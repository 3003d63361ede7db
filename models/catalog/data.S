/* The catalogue's files, as bytes of the program: a table of name, text and length (struct
 * catalog_text of models/catalog_load.h), one row a file. */
#include "base/embed.h"

    .section .data.rel.ro, "aw", @progbits
    .balign 8
    .globl catalog_files
    .type catalog_files, @object
catalog_files:
    embed "models/catalog/anthropic-models.json", "models/catalog/anthropic-models.json"
    embed "models/catalog/aws-api-gateway.json", "models/catalog/aws-api-gateway.json"
    embed "models/catalog/aws-cloudfront.json", "models/catalog/aws-cloudfront.json"
    embed "models/catalog/aws-cloudwatch.json", "models/catalog/aws-cloudwatch.json"
    embed "models/catalog/aws-dynamodb.json", "models/catalog/aws-dynamodb.json"
    embed "models/catalog/aws-elasticache.json", "models/catalog/aws-elasticache.json"
    embed "models/catalog/aws-lambda.json", "models/catalog/aws-lambda.json"
    embed "models/catalog/aws-network.json", "models/catalog/aws-network.json"
    embed "models/catalog/aws-s3.json", "models/catalog/aws-s3.json"
    embed "models/catalog/aws-scheduler.json", "models/catalog/aws-scheduler.json"
    embed "models/catalog/aws-security.json", "models/catalog/aws-security.json"
    embed "models/catalog/aws-sqs.json", "models/catalog/aws-sqs.json"
    embed "models/catalog/aws-step-functions.json", "models/catalog/aws-step-functions.json"
    embed "models/catalog/azure-durable-functions.json", "models/catalog/azure-durable-functions.json"
    embed "models/catalog/bedrock-models.json", "models/catalog/bedrock-models.json"
    embed "models/catalog/cohere-models.json", "models/catalog/cohere-models.json"
    embed "models/catalog/google-models.json", "models/catalog/google-models.json"
    embed "models/catalog/google-workflows.json", "models/catalog/google-workflows.json"
    embed "models/catalog/open-model-hosts.json", "models/catalog/open-model-hosts.json"
    embed "models/catalog/openai-models.json", "models/catalog/openai-models.json"
    embed "models/catalog/pinecone-pods.json", "models/catalog/pinecone-pods.json"
    embed "models/catalog/pinecone-serverless.json", "models/catalog/pinecone-serverless.json"
    embed "models/catalog/self-hosted-vector-index.json", "models/catalog/self-hosted-vector-index.json"
    embed "models/catalog/vector-databases.json", "models/catalog/vector-databases.json"
    embed "models/catalog/voyage-models.json", "models/catalog/voyage-models.json"
catalog_files_end:
    .size catalog_files, . - catalog_files

    .section .rodata
    .balign 8
    .globl catalog_file_count
    .type catalog_file_count, @object
catalog_file_count:
    .quad (catalog_files_end - catalog_files) / 24
    .size catalog_file_count, 8

    .section .note.GNU-stack, "", @progbits
