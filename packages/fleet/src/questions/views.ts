/**
 * Views that the questions share. An image is current if the last scan found it. Its name is the first of its tags, or else
 * its source.
 */
export const QUESTION_VIEWS = [
  `CREATE VIEW current_images AS
   SELECT image, coalesce(min(tag), min(source)) AS name, count(DISTINCT tag) AS tags FROM tags GROUP BY image`,
  `CREATE VIEW current_blobs AS SELECT DISTINCT image, layer FROM image_layers JOIN current_images USING (image)`,
  `CREATE VIEW blob_owners AS
   SELECT layer, min(image) AS image, count(*) AS images FROM current_blobs GROUP BY layer`,
  `CREATE VIEW current_trees AS
   SELECT tree, min(image) AS first_image, max(image) AS last_image
   FROM image_layers JOIN current_images USING (image) GROUP BY tree`,
  `CREATE VIEW exclusive_blobs AS
   SELECT image, sum(stored_bytes)::BIGINT AS bytes, count(*) AS layers
   FROM blob_owners JOIN layers USING (layer) WHERE images = 1 GROUP BY image`,
];

/** The bytes of the files of each tar. Two blobs of one tar have the same. */
export const TREES = `SELECT tree, any_value(content_bytes) AS bytes FROM layers GROUP BY tree`;

/**
 * The lowest layer of images, with the release of the distribution that it brings: the first two numbers of its version.
 * Updates of packages can make it a later one in an image.
 */
export const BOTTOMS = `
SELECT tree, max(l.created) AS created, count(*) AS images, min(distribution) AS distribution,
  regexp_extract(min(distribution), '^[^ ]+( [0-9]+([.][0-9]+)?)?', 0) AS release
FROM image_layers AS l JOIN images AS i USING (image) JOIN current_images USING (image)
WHERE l.position = 0 GROUP BY tree`;
