SELECT category, sum(stars) AS total
FROM tools -- the file that the marker names
GROUP BY category
ORDER BY total DESC;
