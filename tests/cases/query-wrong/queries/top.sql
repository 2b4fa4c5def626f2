SELECT category, sum(stars) AS total
FROM tools
GROUP BY category
ORDER BY totl DESC;
