<?php // Standard input: {"documents": [...]}. Standard output: the pages, as a list.
require_once 'Parsedown/autoload.php';

error_reporting(E_ALL & ~E_DEPRECATED);
$request = json_decode(stream_get_contents(STDIN), true);
$convert = fn($text) => (new Parsedown())->text($text);
echo json_encode(array_map($convert, $request['documents']), JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR);
